# smtpd_use_tls offers STARTTLS
need SMTPD TLS
conf smtpd_use_tls = yes
conf smtpd_tls_cert_file = $certs/server.pem
conf smtpd_tls_key_file = $certs/server.key
open
S: 220
C: EHLO client.test
R: 250
R& 250.STARTTLS$
C: MAIL FROM:<a@client.test>
S: 250
