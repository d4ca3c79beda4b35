# home_mailbox: an mbox or a Maildir in the user's home, as the user
user ann
conf home_mailbox = Mailbox
conf mail_spool_directory = $dir/mail
message alice@example.test ann@mail.example.test
    Subject: one

    From here
    to there
log: to=<ann@mail\.example\.test>, relay=local, .*dsn=2\.0\.0, status=sent \(delivered to mailbox\)
run stat -c '%U %G %a' home/ann/Mailbox; cat home/ann/Mailbox
out= ann ann 600
out: ^From alice@example\.test  \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 20\d\d$
out= Return-Path: <alice@example.test>
out= X-Original-To: ann@mail.example.test
out= Delivered-To: ann@mail.example.test
out= >From here
run tail -c 1 home/ann/Mailbox | od -c; test "$(tail -n 1 home/ann/Mailbox)" = ""
queue empty
