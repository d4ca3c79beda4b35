# far too big a message is refused before its end
need SMTPD postlet
conf message_size_limit = 4000
conf mailbox_size_limit = 0
conf virtual_mailbox_limit = 0
open
S: 220
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
raw "0123456789012345678901234567890123456789\r\n" * 500000
S= 552 5.3.4 Error: message file too big
eof
log: too much data after DATA \(\d+ bytes\) from localhost\[127\.0\.0\.1\]
queue empty
