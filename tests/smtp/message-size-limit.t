# too big a message is refused at its end, a bigger one than announced too
need SMTPD
conf message_size_limit = 4000
conf mailbox_size_limit = 0
conf virtual_mailbox_limit = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.SIZE 4000$
C: MAIL FROM:<a@client.test> SIZE=4001
S= 552 5.3.4 Message size exceeds fixed limit
C: MAIL FROM:<a@client.test> SIZE=10
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\r\n\r\n"
raw "0123456789012345678901234567890123456789\r\n" * 130
raw ".\r\n"
S= 552 5.3.4 Error: message file too big
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\r\n\r\n"
raw "0123456789012345678901234567890123456789\r\n" * 3
raw ".\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice
