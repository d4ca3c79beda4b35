# smtp_connection_reuse_time_limit: a session that is older is not used again
twin lmtp
need SMTPD SMTP postlet
conf relayhost = $sink
conf smtp_connection_reuse_time_limit = 1s
sink
message alice@example.test a@away.test
log: to=<a@away.test>, .*status=sent
pause 1.2
message alice@example.test b@away.test
log: to=<b@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, delay=.*status=sent
