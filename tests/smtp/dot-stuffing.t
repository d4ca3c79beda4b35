# lines that begin with a dot
need SMTPD
conf message_size_limit = 100000
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
raw "Subject: x\r\n\r\n..one\r\n...\r\n.two\r\n..\r\n.\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice 1
has: ^\.one$
has: ^\.\.$
has: ^two$
has: ^\.$
