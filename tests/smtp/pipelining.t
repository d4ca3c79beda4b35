# a whole transaction in one packet
need SMTPD
conf smtpd_forbid_unauth_pipelining = yes
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nRCPT TO:<nobody@example.test>\r\nDATA\r\n"
S= 250 2.1.0 Ok
S= 250 2.1.5 Ok
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\r\n\r\nx\r\n.\r\nMAIL FROM:<b@client.test>\r\nRCPT TO:<alice@example.test>\r\nRSET\r\nQUIT\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
S= 250 2.1.0 Ok
S= 250 2.1.5 Ok
S= 250 2.0.0 Ok
S= 221 2.0.0 Bye
eof
maildir alice 1
