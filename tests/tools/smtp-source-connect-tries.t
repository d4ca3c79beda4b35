# smtp-source -C tries again where nothing listens
need SMTP_SOURCE
nostart
run smtp-source -C 2 127.0.0.1:$port_none
status 1
out: warning: connect: Connection refused\n.*fatal: connect: Connection refused
run smtp-source unix:$dir/none
status 1
out= smtp-source: fatal: connect: No such file or directory
run smtp-source -4 "[::1]:$port_none"
status 1
