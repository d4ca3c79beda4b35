# smtp_tls_servername is the name asked for, smtp_tls_cert_file what we show
twin lmtp
need SMTPD SMTP TLS
conf relayhost = $sink
conf smtp_tls_security_level = encrypt
conf smtp_tls_servername = mail.example.test
conf smtp_tls_cert_file = $certs/client.pem
conf smtp_tls_key_file = $certs/client.key
sink
    starttls server
    clientca
message alice@example.test x@away.test
sink= tls-sni mail.example.test
sink= tls-client client.example.test
sinkcount 1
