# a table restriction without its table
need SMTPD
conf smtpd_sender_restrictions = check_sender_access
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 451 4.3.5 Server configuration error
