# HELO and EHLO want a name; either may be said again at any time and ends the transaction
need SMTPD
conf smtpd_helo_required = yes
open
S= 220 mail.example.test ESMTP Postfix
C: HELO
S= 501 Syntax: HELO hostname
C: EHLO
S= 501 Syntax: EHLO hostname
C: MAIL FROM:<a@client.test>
S= 503 5.5.1 Error: send HELO/EHLO first
C: VRFY alice@example.test
S= 252 2.0.0 alice@example.test
C: ETRN example.test
S= 503 Error: send HELO/EHLO first
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: HELO other.test
S= 250 mail.example.test
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: EHLO a name with blanks
R: 250-mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: EHLO again.test
R: 250
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: helo lower.test
S= 250 mail.example.test
C: QUIT
S= 221 2.0.0 Bye
eof
log: disconnect from localhost\[127\.0\.0\.1\] helo=3/4 ehlo=2/3 mail=2/3 rcpt=0/2 vrfy=1 etrn=0/1 quit=1 commands=9/15
