# what commands of local, pipe and spawn inherit: no descriptor but three, a session of their own, the directory, one group, a file size limit
need LOCAL PIPE SPAWN SMTPD root
user ann
conf mailbox_size_limit = 1024000
conf message_size_limit = 1000000
conf transport_maps = inline:{ { pipe.test = pd } }
conf relay_domains = pipe.test
conf mailbox_command = $dir/look local; head -c 1100000 /dev/zero > $HOME/big; true
master pd unix - n n - - pipe user=games argv=$dir/look pipe
master 127.0.0.1:$port_sp inet n n n - - spawn user=games argv=$dir/look spawn
file look 755
    #!/bin/sh
    exec > $dir/tmp/$1.new 2>&1
    pwd; umask; id; env | sort; ulimit -c; ulimit -f; ulimit -Hf
    ls /proc/self/fd | tr '\n' ' '; echo
    grep -E 'NoNewPrivs|Cap|Groups' /proc/self/status
    awk -v p=$$ '{ print "leads", $5 == p, $6 == p, $7 }' /proc/$$/stat
    mv $dir/tmp/$1.new $dir/tmp/$1
prepare mkdir -m 777 tmp
message <> ann@mail.example.test x@pipe.test
log: to=<ann@.*status=sent
open sp
wait file tmp/spawn
wait file tmp/pipe
run cat tmp/local; wc -c < home/ann/big
out= 2000
out: groups=\d+\(ann\)$
out= 1024000
run cat tmp/pipe
out= unlimited
out= leads 1 1 0
run cat tmp/spawn
out= leads 1 1 0
