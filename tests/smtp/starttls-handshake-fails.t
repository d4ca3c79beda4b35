# nonsense instead of a handshake
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_starttls_timeout = 5s
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: STARTTLS
S= 220 2.0.0 Ready to start TLS
raw "this is no handshake\r\n" * 10
log: SSL_accept error from localhost\[127\.0\.0\.1\]: 
log: lost connection after STARTTLS from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 starttls=0/1 commands=1/2
