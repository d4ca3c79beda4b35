# authorized_mailq_users and authorized_flush_users keep others out; root always may
need VIRTUAL root postlet
conf authorized_mailq_users = root
conf authorized_flush_users = !nobody, static:all
run mailq
run as nobody mailq
status 77
out: is not allowed to view the mail queue
run as nobody postqueue -f
status 77
out: is not allowed to flush the mail queue
run as $localuser postqueue -f
