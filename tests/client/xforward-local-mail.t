# XFORWARD of mail that came from the sendmail command
need SMTP
conf relayhost = $sink
conf smtp_send_xforward_command = yes
sink
    EHLO: 250-sink.test\n250 XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT
run printf 'Subject: x\n\nb\n' | sendmail -f alice@example.test x@far.test
log: to=<x@far.test>, .*status=sent
sink: ^XFORWARD
