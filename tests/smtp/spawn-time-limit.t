# a command of spawn that takes too long is killed
need SPAWN SMTPD root
master 127.0.0.1:$port_quick inet n n n - - spawn user=$localuser argv=/bin/sleep 60
conf command_time_limit = 1s
open quick
log: spawn\[\d+\]: warning: /bin/sleep: process id \d+: command time limit exceeded
