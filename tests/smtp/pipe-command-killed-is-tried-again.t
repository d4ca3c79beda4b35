# a command that dies of a signal is tried again
need PIPE
conf transport_maps = inline:{pipe.test=taker}
file kill.sh 755
    #!/bin/sh
    kill -9 $$
master taker unix - n n - - pipe user=$localuser argv=$dir/kill.sh
message bob@example.test x@pipe.test
    Subject: x

    body
log: relay=taker, .*dsn=4\.3\.0, status=deferred \(Command died with signal 9: ".*kill\.sh"
queue deferred 1
