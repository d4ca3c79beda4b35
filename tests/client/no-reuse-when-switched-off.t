# smtp_connection_cache_on_demand = no: a connection for each message
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_connection_cache_on_demand = no
sink
message alice@example.test a@away.test
log: to=<a@away.test>, .*status=sent
message alice@example.test b@away.test
log: to=<b@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, delay=.*status=sent
sink: (?s)^connect.*^connect
