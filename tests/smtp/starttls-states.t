# STARTTLS: everything said before is forgotten, it works once, takes no arguments
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf smtpd_tls_received_header = yes
conf smtpd_helo_required = yes
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.STARTTLS
C: STARTTLS now
S= 501 5.5.4 Syntax: STARTTLS
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
starttls verify
C: MAIL FROM:<a@client.test>
S= 503 5.5.1 Error: send HELO/EHLO first
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: EHLO client.test
R: 250
R! 250.STARTTLS
C: STARTTLS
S= 554 5.5.1 Error: TLS already active
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
C: QUIT
S= 221 2.0.0 Bye
eof
maildir alice 1
has: ^\t\(using TLSv1\.\d with cipher \S+ \(\d+/\d+ bits\)
has: ^\tby mail\.example\.test \(Postfix\) with ESMTPS id
log: Anonymous TLS connection established from localhost\[127\.0\.0\.1\]: TLSv1\.\d with cipher
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=2 starttls=1/3 mail=2/3 rcpt=1/2 data=1 quit=1 commands=8/12
