# the next message to the same place goes through the same session
twin lmtp
need SMTPD SMTP postlet
conf relayhost = $sink
sink
message alice@example.test a@away.test
log: to=<a@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, delay=.*status=sent
message alice@example.test b@away.test
log: to=<b@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, conn_use=2, delay=.*status=sent
sinkcount 2
# closed with QUIT when nothing has come for smtp_connection_cache_time_limit
sink: (?s)^connect(?!.*^connect).*^QUIT
