# STARTTLS with arguments, in a transaction, twice, after HELO, after XCLIENT
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_cert_file = $certs/server.pem
conf smtpd_tls_key_file = $certs/server.key
conf smtpd_forbid_unauth_pipelining = no
conf smtpd_tls_ask_ccert = yes
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8
conf smtpd_authorized_xforward_hosts = 127.0.0.0/8
open
R: .
C: STARTTLS x
R: .
C: EHLO client.test
R: .
C: XFORWARD NAME=a.test
R: .
C: MAIL FROM:<a@b.test>
R: .
C: STARTTLS x
R: .
starttls
C: STARTTLS
R: .
C: RCPT TO:<alice@example.test>
R: .
C: MAIL FROM:<c@b.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
C: RSET
R: .
C: EHLO client.test
R: .
raw "STARTTLS\r\nRSET\r\n"
R: .
R: .
C: XCLIENT NAME=x.test ADDR=192.0.2.1
R: .
C: EHLO client.test
R: .
C: STARTTLS
R: .
C: QUIT
R: .
session
C: HELO x
R: .
starttls
C: EHLO y
R: .
C: MAIL FROM:<c@b.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
C: DATA
R: .
C: Subject: x
C: 
C: .
R: .
