# mailbox_command_maps: a command of the user's own; others have mailbox_command
user ann ben
conf mailbox_command = exit 77
conf mailbox_command_maps = inline:{{ann = cat > $$HOME/mine}, {postmaster=x}}
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=sent \(delivered to command: cat > \$HOME/mine\)
message alice@example.test ben@mail.example.test
log: to=<ben@mail\.example\.test>, .*dsn=5\.7\.0, status=bounced \(permission denied\)
queue empty
