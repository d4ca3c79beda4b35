# smtpd_tls_wrappermode: TLS from the first byte
need SMTPD TLS
conf smtpd_tls_security_level = encrypt
conf smtpd_tls_wrappermode = yes
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
open
tls verify
S: 220
C: EHLO client.test
R: 250
R! 250.STARTTLS
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
