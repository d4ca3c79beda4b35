# without tls_append_default_CA only our own authorities count
need SMTPD SMTP TLS
conf import_environment = MAIL_CONFIG TZ SSL_CERT_FILE=$certs/ca.pem
conf relayhost = $sink
conf smtp_tls_security_level = may
conf smtp_tls_CAfile = $certs/other.pem
conf smtp_tls_loglevel = 1
sink
    starttls server
message alice@example.test x@away.test
log: : Untrusted TLS connection established to 127.0.0.1
