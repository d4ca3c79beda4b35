# spawn runs nothing as root or as the owner of the queue, and names what is wrong with its line
need SPAWN SMTPD root
conf service_throttle_time = 1s
master 127.0.0.1:$port_root inet n n n - - spawn user=root argv=/bin/true
master 127.0.0.1:$port_owner inet n n n - - spawn user=$owner argv=/bin/true
master 127.0.0.1:$port_none inet n n n - - spawn argv=/bin/true
master 127.0.0.1:$port_word inet n n n - - spawn directory=/ user=$localuser argv=/bin/true
open root
log: spawn\[\d+\]: fatal: .*root
open owner
log: spawn\[\d+\]: fatal: .*mail
open none
log: spawn\[\d+\]: fatal: .*missing user= attribute
open word
log: spawn\[\d+\]: fatal: .*unknown attribute name: directory=/
