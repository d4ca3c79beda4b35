# local_command_shell gets every command, with -c for its arguments
user ann
conf local_command_shell = /bin/sh -c { echo "shell $0" >> $HOME/out; eval "$0" }
conf mailbox_command = /bin/echo hello >> $HOME/out
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=
run cat home/ann/out || true
log: to=<alice@example\.test>, .*status=sent
run grep status= maillog
