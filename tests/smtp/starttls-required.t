# smtpd_tls_security_level = encrypt
need SMTPD TLS
conf smtpd_tls_security_level = encrypt
conf smtpd_tls_cert_file = $certs/server.pem
conf smtpd_tls_key_file = $certs/server.key
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.STARTTLS
C: NOOP
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 530 5.7.0 Must issue a STARTTLS command first
C: VRFY alice@example.test
S= 530 5.7.0 Must issue a STARTTLS command first
C: RSET
S= 530 5.7.0 Must issue a STARTTLS command first
C: ETRN x.test
S= 530 5.7.0 Must issue a STARTTLS command first
starttls
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: QUIT
S= 221 2.0.0 Bye
eof
