# smtp_tls_session_cache_database: the next connection resumes; without smtp_tls_connection_reuse each message has its own
twin lmtp
need SMTPD SMTP TLS postlet
conf relayhost = $sink
conf smtp_tls_security_level = encrypt
conf smtp_tls_loglevel = 1
conf smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
conf smtp_tls_session_cache_timeout = 600s
sink
    starttls server
message alice@example.test x@away.test
log: TLS connection established to 127.0.0.1
log: to=<x@away.test>, .*status=sent
message alice@example.test y@away.test
log: TLS connection reused to 127.0.0.1
log: to=<y@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, delay=.*status=sent
