# smtp_bind_address is where connections come from
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_bind_address = 127.0.0.5
sink
message alice@example.test a@away.test
sinkcount 1
log: status=sent
