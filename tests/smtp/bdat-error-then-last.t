# a refused BDAT LAST
need SMTPD
conf smtpd_error_sleep_time = 0
conf smtpd_hard_error_limit = 100
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
raw "BDAT 4 LAST\r\nabcd"
S= 503 5.5.1 Error: need RCPT command
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
raw "BDAT 4 LAST\r\nabcd"
S= 554 5.5.1 Error: no valid recipients
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
raw "BDAT 4 LAST\r\nabcd"
S= 554 5.5.1 Error: no valid recipients
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
raw "BDAT 4\r\nabcd"
S= 554 5.5.1 Error: no valid recipients
raw "BDAT 4 LAST\r\nabcd"
S= 551 5.0.0 Discarded 4 bytes after earlier error
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
raw "BDAT 0\r\n"
S= 551 5.7.1 Null BDAT request
raw "BDAT 0 LAST\r\n"
S= 551 5.0.0 Discarded 0 bytes after earlier error
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
raw "BDAT 0 LAST\r\n"
S: 250 2\.0\.0 Ok: 0 bytes queued as \w+
C: DATA
S= 503 5.5.1 Error: need RCPT command
