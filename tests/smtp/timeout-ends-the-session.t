# smtpd_timeout
need SMTPD
conf smtpd_timeout = 1s
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
S= 421 4.4.2 mail.example.test Error: timeout exceeded
eof
log: timeout after EHLO from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 commands=1
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\r\n"
S= 421 4.4.2 mail.example.test Error: timeout exceeded
eof
log: timeout after DATA \(12 bytes\) from localhost\[127\.0\.0\.1\]
