# smtp_skip_quit_response = no: we wait for the answer to QUIT, smtp_quit_timeout at most
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_skip_quit_response = no
conf smtp_quit_timeout = 1s
conf smtp_connection_cache_on_demand = no
sink
    QUIT: 221 2.0.0 see you
    delay QUIT 3
message alice@example.test a@away.test
log: to=<a@away.test>, .*status=sent
sink: ^QUIT
