# reject_plaintext_session is content with TLS
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf plaintext_reject_code = 530
conf smtpd_sender_restrictions = reject_plaintext_session
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 530 5.7.1 Session encryption is required
C: RSET
S= 250 2.0.0 Ok
starttls
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
