# chunks above message_size_limit
need SMTPD
conf message_size_limit = 4000
conf mailbox_size_limit = 0
conf virtual_mailbox_limit = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
raw "BDAT 3000\r\n"
raw "0123456789" * 300
S= 250 2.0.0 Ok: 3000 bytes
raw "BDAT 3000\r\n"
raw "0123456789" * 300
S= 552 5.3.4 Chunk exceeds message size limit
raw "BDAT 2 LAST\r\nxx"
S= 551 5.0.0 Discarded 2 bytes after earlier error
C: RSET
S= 250 2.0.0 Ok
maildir alice 0
