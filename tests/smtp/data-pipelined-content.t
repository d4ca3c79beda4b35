# content in the same packet as DATA is out of order
need SMTPD
conf smtpd_forbid_unauth_pipelining = yes
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n"
S= 250 2.1.0 Ok
S= 250 2.1.5 Ok
S= 554 5.5.0 Error: SMTP protocol synchronization
eof
maildir alice 0
