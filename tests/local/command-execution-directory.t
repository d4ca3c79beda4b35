# command_execution_directory, with its own filter: commands start there
user ann ben cat
conf command_execution_directory = $home/${extension?sub$extension}
conf execution_directory_expansion_filter = /abcdefghijklmnopqrstuvwxyz_0123456789-
conf mailbox_command = pwd > $HOME/where
conf recipient_delimiter = +
prepare mkdir $dir/home/ann/subx $dir/home/ann/subx_y ; chmod 777 $dir/home/*
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=sent \(delivered to command: pwd > \$HOME/where\)
run cat home/ann/where; echo $dir/home/ann
out: home/ann$
message alice@example.test ann+x@mail.example.test
log: to=<ann\+x@mail\.example\.test>, .*status=sent
run cat home/ann/where
out: home/ann/subx$
message alice@example.test ann+x.y@mail.example.test
log: to=<ann\+x\.y@mail\.example\.test>, .*status=sent
run cat home/ann/where
out: home/ann/subx_y$
# a directory that is not there: tried again
message alice@example.test ben+gone@mail.example.test
log: to=<ben\+gone@mail\.example\.test>, .*dsn=4\.3\.0, status=deferred \(temporary failure
log: cannot change directory to "\S+/home/ben/subgone" for uid=\d+ gid=\d+: No such file or directory
queue deferred 1
