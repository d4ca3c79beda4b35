# BDAT where it may not be; errors during BDAT
need SMTPD
conf smtpd_error_sleep_time = 0
conf smtpd_hard_error_limit = 100
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
raw "BDAT 4\r\nabcd"
S= 503 5.5.1 Error: need RCPT command
C: MAIL FROM:<a@client.test>
S= 503 5.5.1 Error: MAIL after BDAT
raw "BDAT 4\r\nabcd"
S= 551 5.0.0 Discarded 4 bytes after earlier error
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
raw "BDAT 4\r\nabcd"
S= 551 5.0.0 Discarded 4 bytes after earlier error
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
raw "BDAT 4\r\nabcd"
S= 250 2.0.0 Ok: 4 bytes
C: RCPT TO:<bob@example.test>
S= 503 5.5.1 Error: RCPT after BDAT
C: DATA
S= 503 5.5.1 Error: DATA after BDAT
C: MAIL FROM:<b@client.test>
S= 503 5.5.1 Error: nested MAIL command
C: NOOP
S= 250 2.0.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: BDAT
S= 521 5.5.4 Syntax: BDAT count [LAST]
eof
log: warning: NOQUEUE: malformed BDAT command syntax from localhost\[127\.0\.0\.1\]: BDAT
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: BDAT x
S= 521 5.5.4 Syntax: BDAT count [LAST]
eof
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: BDAT 4 FIRST
S= 521 5.5.4 Syntax: BDAT count [LAST]
eof
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: BDAT -1
S= 521 5.5.4 Syntax: BDAT count [LAST]
eof
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: BDAT 99999999999999999999
S= 521 5.5.4 Syntax: BDAT count [LAST]
eof
