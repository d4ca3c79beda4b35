# :include: inside :include:, comments, a list that names itself, files that are missing or another's
user ann ben cat
conf mail_spool_directory = $dir/mail
conf default_privs = games
file one
    # comment
    ann
    :include:$dir/two
file two
    ben,
    :include:$dir/one
file aliases
    postmaster ann
    list :include:$dir/one, cat
    gone :include:$dir/nothere
message alice@example.test list@mail.example.test
queue empty
run grep -c '^From ' mail/ann mail/ben mail/cat
out= mail/ann:1
out= mail/ben:1
out= mail/cat:1
message alice@example.test gone@mail.example.test
log: warning: unable to lookup :include: file \S+/nothere: No such file or directory
log: to=<gone@mail\.example\.test>, .*dsn=5\.3\.5, status=bounced \(mail system configuration error\)
