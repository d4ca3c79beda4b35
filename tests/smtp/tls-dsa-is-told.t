# DSA certificates are refused by the library, which is told
need SMTPD TLS postlet
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf smtpd_tls_dcert_file = $certs/server.pem
conf smtpd_tls_dkey_file = $certs/server.key
session
log: smtpd_tls_dcert_file: DSA certificates are not supported
starttls
C: EHLO client.test
R: 250
