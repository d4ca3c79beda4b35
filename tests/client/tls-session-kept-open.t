# smtp_tls_connection_reuse = yes: several messages through one TLS session
twin lmtp
need SMTPD SMTP TLS postlet
conf relayhost = $sink
conf smtp_tls_security_level = encrypt
conf smtp_tls_connection_reuse = yes
sink
    starttls server
message alice@example.test x@away.test
log: to=<x@away.test>, .*tls=encrypt, .*status=sent
message alice@example.test y@away.test
log: to=<y@away.test>, .*conn_use=2, .*status=sent
