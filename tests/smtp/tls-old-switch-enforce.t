# smtpd_enforce_tls refuses mail in plain text
need SMTPD TLS
conf smtpd_enforce_tls = yes
conf smtpd_tls_cert_file = $certs/server.pem
conf smtpd_tls_key_file = $certs/server.key
session
C: MAIL FROM:<a@client.test>
S= 530 5.7.0 Must issue a STARTTLS command first
