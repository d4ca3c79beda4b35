# smtpd_tls_loglevel_maps: more about one client
since 3.11
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel_maps = inline:{{127.0.0.1=2}}
session
starttls
C: EHLO client.test
R: 250
log: setting up TLS connection from localhost\[127\.0\.0\.1\]
log: Anonymous TLS connection established from localhost
