# strict_smtputf8: an address with UTF-8 needs the option at MAIL
need SMTPD
conf strict_smtputf8 = yes
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
raw "MAIL FROM:<\xc3\xa9@client.test>\r\n"
S= 553 5.6.7 Must declare SMTPUTF8 to send unicode address
raw "MAIL FROM:<\xc3\xa9@client.test> SMTPUTF8\r\n"
S= 250 2.1.0 Ok
raw "RCPT TO:<\xc3\xa9@example.test>\r\n"
S= 550 5.1.1 <é@example.test>: Recipient address rejected: User unknown in virtual mailbox table
raw "VRFY \xc3\xa9@example.test\r\n"
R: 553 5.6.7
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
raw "RCPT TO:<\xc3\xa9@example.test>\r\n"
S= 553 5.6.7 Must declare SMTPUTF8 to send unicode address
