# allow_mail_to_commands: where commands may be named
user ann ben
conf allow_mail_to_commands = include
conf default_privs = games
conf owner_request_special = no
file list
    "|cat > $dir/tmp/from-list"
file home/ann/.forward
    "|cat > $dir/tmp/from-forward"
file aliases
    postmaster ben
    cmd "|cat > $dir/tmp/from-alias"
    list :include:$dir/list
prepare mkdir -m 777 $dir/tmp; chown ann $dir/home/ann/.forward
message alice@example.test cmd@mail.example.test
log: to=<cmd@mail\.example\.test>, relay=local, .*dsn=5\.7\.1, status=bounced \(mail to command is restricted\)
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, relay=local, .*dsn=5\.7\.1, status=bounced \(mail to command is restricted\)
message alice@example.test list@mail.example.test
log: to=<list@mail\.example\.test>, relay=local, .*status=sent \(delivered to command: cat > \S+from-list\)
queue empty
run ls $dir/tmp
out= from-list
noout: from-alias
noout: from-forward
