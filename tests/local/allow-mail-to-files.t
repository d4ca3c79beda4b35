# allow_mail_to_files: where files may be named
user ann ben
conf allow_mail_to_files = include, forward
conf default_privs = games
file list
    $dir/tmp/from-list
file home/ann/.forward
    $dir/tmp/from-forward
file aliases
    postmaster ben
    file $dir/tmp/from-alias
    list :include:$dir/list
prepare mkdir -m 777 $dir/tmp; chown ann $dir/home/ann/.forward
message alice@example.test file@mail.example.test
log: to=<file@mail\.example\.test>, relay=local, .*dsn=5\.7\.1, status=bounced \(mail to file is restricted\)
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, relay=local, .*status=sent \(delivered to file: \S+from-forward\)
message alice@example.test list@mail.example.test
log: to=<list@mail\.example\.test>, relay=local, .*status=sent \(delivered to file: \S+from-list\)
queue empty
run stat -c '%n %U %a' tmp/*
out= tmp/from-forward ann 600
out= tmp/from-list games 600
noout: from-alias
