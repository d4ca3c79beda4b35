# environment of commands when export_environment has the same names; spawn of what is not there
need LOCAL PIPE SPAWN SMTPD root
user ann
conf export_environment = PATH=/evil HOME=/evil USER=evil SENDER=evil LOGNAME SHELL EXTENSION=evil X= { Y = a b } TZ
conf mailbox_command = env | sort > $HOME/env
conf transport_maps = inline:{ { pipe.test = pd } }
conf relay_domains = pipe.test
master pd unix - n n - - pipe user=games argv=/bin/sh -c {env | sort > $dir/tmp/pipe}
master 127.0.0.1:$port_sp inet n n n - - spawn user=games:users argv=/bin/sh -c {env | sort > $dir/tmp/spawn; id > $dir/tmp/id}
master 127.0.0.1:$port_no inet n n n - - spawn user=games argv=$dir/none
master 127.0.0.1:$port_name inet n n n - - spawn user=games argv=nosuchcommand a b
prepare mkdir -m 777 tmp
message alice@example.test ann@mail.example.test x@pipe.test
log: to=<ann@.*status=sent
log: to=<x@.*status=sent
open sp
wait file tmp/id
open no
eof
open name
eof
log: spawn\[\d+\]: warning: command .*exit status 1
run grep -v '^_=\|^PWD\|^OLDPWD\|SHLVL' home/ann/env; cat tmp/pipe tmp/spawn tmp/id
out= HOME=$dir/home/ann
out= USER=ann
out= SENDER=alice@example.test
out= PATH=/usr/bin:/bin
out= Y=a b
out: gid=\d+\(users\) groups=\d+\(users\)$
noout: PATH=/evil
