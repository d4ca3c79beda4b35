# smtp_tls_chain_files: key and certificates from one list; level verify takes the host's own name
twin lmtp
need SMTPD SMTP TLS
conf relayhost = [localhost]:$sinkport
conf smtp_host_lookup = native
conf smtp_tls_security_level = verify
conf smtp_tls_verify_cert_match = hostname, nexthop
conf smtp_tls_CAfile = $certs/ca.pem
conf smtp_tls_chain_files = $certs/client.key, $certs/client.pem
sink
    starttls server
    clientca
message alice@example.test x@away.test
sink= tls-client client.example.test
log: to=<x@away.test>, relay=localhost\[127.0.0.1\]:\d+, .*status=sent
