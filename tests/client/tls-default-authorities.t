# tls_append_default_CA: the system's authorities are trusted beside our own; SSL_CERT_FILE says where those are
twin lmtp
need SMTPD SMTP TLS
conf import_environment = MAIL_CONFIG TZ SSL_CERT_FILE=$certs/ca.pem
conf relayhost = $sink
conf smtp_tls_security_level = may
conf smtp_tls_CAfile = $certs/other.pem
conf smtp_tls_loglevel = 1
conf tls_append_default_CA = yes
sink
    starttls server
message alice@example.test x@away.test
log: : Trusted TLS connection established to 127.0.0.1
