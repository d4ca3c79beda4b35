# forms of RCPT TO
need SMTPD
conf smtpd_hard_error_limit = 100
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@b.test>
S= 250 2.1.0 Ok
C: RCPT
S= 501 5.5.4 Syntax: RCPT TO:<address>
C: RCPT TO
S= 501 5.5.4 Syntax: RCPT TO:<address>
C: RCPT TO:
S= 501 5.5.4 Syntax: RCPT TO:<address>
C: RCPT FROM:<a@b.test>
S= 501 5.5.4 Syntax: RCPT TO:<address>
C: RCPT TO:<>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<alice@example.test
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<a@b@c.test>
S= 250 2.1.5 Ok
C: RCPT TO:<alice@example..test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<alice@>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<al ice@example.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<alice@example.test> FOO=BAR
S= 555 5.5.4 Unsupported option: FOO=BAR
C: RCPT TO:<alice@example.test> FOO
S= 555 5.5.4 Unsupported option: FOO
C: RCPT TO:<alice@example.test>=
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<alice@[127.0.0.1]>
S= 550 5.1.1 <alice@[127.0.0.1]>: Recipient address rejected: User unknown in local recipient table
C: RCPT TO:<alice@127.0.0.1>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<postmaster>
S= 250 2.1.5 Ok
C: RCPT TO:<Postmaster>
S= 250 2.1.5 Ok
C: RCPT TO:<alice>
S= 550 5.1.1 <alice>: Recipient address rejected: User unknown in local recipient table
C: RCPT TO: <alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:alice@example.test
S= 250 2.1.5 Ok
C: RCPT TO:<ALICE@EXAMPLE.TEST>
S= 250 2.1.5 Ok
C: RCPT TO:<"alice"@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<alice@example.test.>
S= 250 2.1.5 Ok
C: rcpt to:<bob@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
