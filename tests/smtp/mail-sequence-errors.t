# MAIL twice, RCPT and DATA out of order, DATA without a good recipient
need SMTPD
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: DATA
S= 503 5.5.1 Error: need RCPT command
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: MAIL FROM:<b@client.test>
S= 503 5.5.1 Error: nested MAIL command
C: DATA
S= 554 5.5.1 Error: no valid recipients
C: RCPT TO:<nobody@example.test>
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
C: DATA
S= 554 5.5.1 Error: no valid recipients
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA now
S= 501 5.5.4 Syntax: DATA
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
C: DATA
S= 503 5.5.1 Error: need RCPT command
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: BDAT 0 LAST
S= 503 5.5.1 Error: need RCPT command
C: RSET
S= 250 2.0.0 Ok
C: QUIT
S= 221 2.0.0 Bye
eof
log: disconnect from localhost\[127\.0\.0\.1\] mail=1/2 rcpt=1/4 data=1/6 bdat=0/1 rset=1 quit=1 commands=5/15
