# pipe: macros about the client and its login; null_sender= may be empty
conf transport_maps = inline:{pipe.test=keep}
conf relay_domains = pipe.test
conf export_environment = FOO=bar { BAR = b c } MAIL_CONFIG
conf smtpd_authorized_xclient_hosts = 127.0.0.1
master keep unix - n n - - pipe user=games null_sender= directory=$dir/tmp argv=$dir/save ${client_address} ${client_hostname} ${client_helo} ${client_protocol} p${client_port} l${sasl_method}l n${sasl_username}n ${sender} a${sasl_sender}a
file save 755
    #!/bin/sh
    cat > in; env | sort > env; for a in "$@"; do echo "[$a]"; done > args
prepare mkdir -m 777 $dir/tmp
open
S: 220
C: XCLIENT NAME=far.test ADDR=192.0.2.7 PORT=4711 LOGIN=bill
R: 220
C: EHLO helo.test
R: 250
C: MAIL FROM:<>
S: 250
C: RCPT TO:<ann@pipe.test>
S: 250
C: DATA
S: 354
C: Subject: x
C:
C: .
S: 250
log: to=<ann@pipe\.test>, relay=keep, .*status=sent
run cat tmp/args
out= [192.0.2.7]
out= [far.test]
out= [helo.test]
out= [ESMTP]
out= [p4711]
out= [nbilln]
out= []
run cat tmp/env
out= FOO=bar
out= BAR=b c
out= PATH=/usr/bin:/bin
out: ^MAIL_CONFIG=
noout: ^(HOME|USER|SENDER|RECIPIENT)=
