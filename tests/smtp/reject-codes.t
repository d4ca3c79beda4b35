# the generic restrictions and the parameters of their codes
need SMTPD
conf reject_code = 521
conf defer_code = 451
conf smtpd_error_sleep_time = 0
conf smtpd_restriction_classes = d, r
conf d = defer
conf r = reject
conf smtpd_sender_restrictions = check_sender_access inline:{d@client.test=d, r@client.test=r}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<d@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 451 4.3.2 <d@client.test>: Sender address rejected: Try again later
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<r@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 521 5.7.1 <r@client.test>: Sender address rejected: Access denied
eof
log: disconnect from localhost\[127\.0\.0\.1\] helo=1 mail=2 rcpt=0/2 rset=1 commands=4/6
