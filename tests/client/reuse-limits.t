# smtp_connection_reuse_count_limit: so many messages through one session
twin lmtp
need SMTPD SMTP postlet
conf relayhost = $sink
conf smtp_connection_reuse_count_limit = 2
sink
message alice@example.test a@away.test
log: to=<a@away.test>, .*status=sent
message alice@example.test b@away.test
log: to=<b@away.test>, .*conn_use=2.*status=sent
message alice@example.test c@away.test
log: to=<c@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, delay=.*status=sent
sink: (?s)^connect.*^QUIT.*^connect
