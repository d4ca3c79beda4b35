# paths that look like a header, UTF-8 domains that were not announced, VRFY, AUTH and BDAT out of order
need SMTPD
conf mynetworks = 192.0.2.0/24
conf smtpd_soft_error_limit = 100
conf smtpd_hard_error_limit = 200
session
C: MAIL FROM:<<a@client.test>> SIZE=99999999999999999999
S= 552 5.3.4 Message size exceeds file system imposed limit
C: MAIL FROM:Ann<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<bob@b.test>(Bob)
S= 454 4.7.1 <bob@b.test>: Relay access denied
C: RCPT TO:"Bob B"<bob@b.test>
S= 454 4.7.1 <bob@b.test>: Relay access denied
C: RCPT TO:<<bob@b.test>>
S= 454 4.7.1 <bob@b.test>: Relay access denied
C: RCPT TO:<bob@b.test>,
S= 454 4.7.1 <bob@b.test>: Relay access denied
C: RCPT TO:< "b b"@b.test >
S= 454 4.7.1 <b b@b.test>: Relay access denied
C: RCPT TO:<bob@b.test>,<ann@b.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<bob@b.test><>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<a<bob@b.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:"b b"ob@b.test
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<bob@bücher.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<alice@example.test> NOTIFY=NEVER
S= 250 2.1.5 Ok
C: VRFY Alice<alice@example.test>
S= 252 2.0.0 Alice<alice@example.test>
C: VRFY alice@-x.test
S= 501 5.1.3 Bad recipient address syntax
C: VRFY alice@bücher.test
S= 501 5.1.3 Bad recipient address syntax
C: VRFY SMTPUTF8
S= 501 5.5.4 Syntax: VRFY address [SMTPUTF8]
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@bücher.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@bücher.test> SMTPUTF8
S= 250 2.1.0 Ok
C: RCPT TO:<bob@bücher.test>
S= 454 4.7.1 <bob@bücher.test>: Relay access denied
raw "BDAT 5\r\nabcde"
S= 554 5.5.1 Error: no valid recipients
C: MAIL FROM:<a@client.test>
S= 503 5.5.1 Error: nested MAIL command
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: RCPT after BDAT
C: ETRN example.test
S= 503 Error: MAIL transaction in progress
C: BDAT 0
S= 551 5.7.1 Null BDAT request
C: BDAT 0 LAST
S= 551 5.0.0 Discarded 0 bytes after earlier error
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
