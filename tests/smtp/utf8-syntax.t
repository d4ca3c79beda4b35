# commands that are not UTF-8
need SMTPD
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
raw "NOOP \xff\xfe\r\n"
S= 500 5.5.2 Error: bad UTF-8 syntax
raw "NOOP \xc3\xa9\r\n"
S= 250 2.0.0 Ok
raw "MAIL FROM:<\xc3\xa9@client.test>\r\n"
S= 250 2.1.0 Ok
raw "EHLO client.test\r\n"
R: 250
raw "MAIL FROM:<\xc3\xa9@client.test> SMTPUTF8\r\n"
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
raw "RCPT TO:<\xc3\xa9@example.test>\r\n"
S= 550 5.1.1 <é@example.test>: Recipient address rejected: User unknown in virtual mailbox table
