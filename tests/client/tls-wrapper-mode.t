# smtp_tls_wrappermode: TLS from the first byte; without a level that requires TLS nothing is sent
twin lmtp
need SMTPD SMTP TLS
conf relayhost = $sink
conf smtp_tls_wrappermode = yes
conf smtp_tls_security_level = encrypt
sink
    tls server
message alice@example.test x@away.test
sink: (?s)^tls TLSv1.*^EHLO
sinkcount 1
log: to=<x@away.test>, .*status=sent
