# RCPT before MAIL is refused; the transaction can still begin afterwards
need SMTPD

S: 220 mail.example.test ESMTP
C: EHLO client.test
R: 250-mail.example.test
R& 250.PIPELINING$
C: RCPT TO:<alice@example.test>
S: 503 5.5.1 Error: need MAIL command
C: MAIL FROM:<someone@client.test>
S= 250 2.1.0 Ok
C: QUIT
S= 221 2.0.0 Bye
eof
log: smtpd\[\d+\]: connect from localhost\[127.0.0.1\]
log: disconnect from localhost\[127.0.0.1\] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
