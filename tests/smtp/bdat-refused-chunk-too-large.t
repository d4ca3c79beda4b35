# the data of a refused chunk is skipped, unless it is far too large
need SMTPD postlet
conf message_size_limit = 4000
conf mailbox_size_limit = 0
conf virtual_mailbox_limit = 0
open
S: 220
C: EHLO client.test
R: 250
raw "BDAT 1000000\r\n"
raw "0123456789" * 100000
S= 503 5.5.1 Error: need RCPT command
C: RSET
S: 250
C: BDAT 100000000
S= 421 4.7.0 mail.example.test Error: chunk too large
eof
log: too much data after BDAT from localhost\[127\.0\.0\.1\]
