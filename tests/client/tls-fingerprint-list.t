# smtp_tls_fingerprint_cert_match, for every destination
twin lmtp
need SMTPD SMTP TLS program:openssl
conf relayhost = $sink
conf smtp_tls_security_level = fingerprint
conf smtp_tls_fingerprint_cert_match = AA:BB
conf smtp_tls_fingerprint_digest = sha256
sink
    starttls server
message alice@example.test x@away.test
log: to=<x@away.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
sinkcount 0
