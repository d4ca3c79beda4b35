# CLIENT_ and ${client_}: nothing where there was no client, also when the mail is forwarded
need LOCAL PIPE SMTPD root
user ann ben
conf mailbox_command = env | sort > $HOME/env
conf transport_maps = inline:{ { pipe.test = pd } }
conf relay_domains = pipe.test
master pd unix - n n - - pipe user=games directory=$dir/tmp argv=$dir/save n${client_hostname} a${client_address} p${client_protocol} h${client_helo} u${sasl_username}
file save 755
    #!/bin/sh
    for a in "$@"; do echo "[$a]"; done > args
file home/ben/.forward
    ann
prepare mkdir -m 777 tmp; chown ben home/ben/.forward
run printf 'Subject: x\n\nb\n' | sendmail -f alice@example.test ben@mail.example.test x@pipe.test
log: to=<x@pipe.test>, .*status=sent
log: delivered to command
run cat home/ann/env tmp/args
out= [n]
out= [a]
noout: ^CLIENT_
message <> ben@mail.example.test x@pipe.test
pause 1
logcount 2 delivered to command
run cat home/ann/env tmp/args
out= [a127.0.0.1]
out= CLIENT_ADDRESS=127.0.0.1
