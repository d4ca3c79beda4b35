# require_home_directory: mail waits while the home is away (not mounted)
user ann ben
conf require_home_directory = yes
file home/ann/.forward
    ben
prepare mv home/ann home/away
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, relay=local, .*dsn=4\.3\.0, status=deferred \(cannot access home directory \S+/home/ann: No such file or directory\)
queue deferred 1
run mv home/away home/ann; chown ann home/ann/.forward
run postqueue -f
maildir ben 1
queue empty
