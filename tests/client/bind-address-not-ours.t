# smtp_bind_address_enforce = yes: an address that is not ours defers the mail
twin lmtp
since 3.7
need SMTPD SMTP
conf relayhost = $sink
conf smtp_bind_address = 192.0.2.99
conf smtp_bind_address_enforce = yes
sink
message alice@example.test a@away.test
log: to=<a@away.test>, relay=none, .*dsn=4.4.0, status=deferred \(server configuration error\)
sinkcount 0
