# mailbox_command: what the user's command gets
user ann
conf mailbox_command = /bin/cat > $HOME/$EXTENSION.x; id -un > $HOME/id
conf recipient_delimiter = +
message <> ann+box@mail.example.test
    Subject: one

    From here
    .dot
log: to=<ann\+box@mail\.example\.test>, relay=local, .*dsn=2\.0\.0, status=sent \(delivered to command: /bin/cat > \$HOME/\$EXTENSION\.x; id -un > \$HOME/id\)
run cat home/ann/box.x home/ann/id
out= ann
out: ^From MAILER-DAEMON  \w{3} \w{3}
out= Return-Path: <>
out= X-Original-To: ann+box@mail.example.test
out= Delivered-To: ann+box@mail.example.test
out= From here
out= .dot
