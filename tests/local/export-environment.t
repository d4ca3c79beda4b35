# export_environment: a command's environment, name=value and { name = value }
user ann
conf export_environment = FOO=bar { BAR = b c } TZ
conf mailbox_command = env > $HOME/out
message alice@example.test ann@mail.example.test
log: status=sent \(delivered to command
run cat home/ann/out
out= FOO=bar
out= BAR=b c
out= TZ=UTC
noout: ^MAIL_CONFIG=
out= PATH=/usr/bin:/bin
