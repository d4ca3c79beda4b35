# spawn gives each connection to a command that runs as user=, with the exported environment only
need SPAWN SMTPD root
conf export_environment = TZ GREETING=hello
master 127.0.0.1:$port_policy inet n n n - - spawn user=$localuser argv=/bin/sh -c {printf "%s\r\n" "$(id -un) $GREETING $0"; read line; printf "%s\r\n" "got $line"; test -z "$QUEUE_TEST" && printf "%s\r\n" "end of $line"} arg
master 127.0.0.1:$port_fails inet n n n - - spawn user=$localuser argv=/bin/sh -c {exit 3}
master 127.0.0.1:$port_dies inet n n n - - spawn user=$localuser argv=/bin/sh -c {kill -9 $$}
open policy
S: \S+ hello arg
C: word
S: got word
S: end of word
eof
open fails
eof
log: spawn\[\d+\]: warning: command /bin/sh exit status 3
open dies
eof
log: spawn\[\d+\]: warning: command /bin/sh killed by signal 9
