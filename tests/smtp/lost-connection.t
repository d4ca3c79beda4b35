# what the log says when clients go away
need SMTPD
conf smtpd_timeout = 30s
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
close
log: lost connection after EHLO from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 commands=1
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
close
log: lost connection after RCPT from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 mail=1 rcpt=1 commands=3
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
raw "Subject: x\r\n\r\nhello\r\n"
close
log: lost connection after DATA \(21 bytes\) from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4
open
S: 220
close
log: lost connection after CONNECT from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] commands=0/0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
raw "BDAT 100\r\nSubject: x\r\n"
close
log: lost connection after BDAT \(12 bytes\) from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 mail=1 rcpt=1 bdat=0/1 commands=3/4
maildir alice 0
queue empty
