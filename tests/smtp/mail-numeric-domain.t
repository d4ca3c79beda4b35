# resolve_numeric_domain: user@1.2.3.4 is taken, and a sender that begins with a minus is not
need SMTPD
conf resolve_numeric_domain = yes
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<-f@client.test>
S= 501 5.1.7 Bad sender address syntax
log: Illegal address syntax from localhost\[127\.0\.0\.1\] in MAIL command: <-f@client\.test>
C: MAIL FROM:<a@192.0.2.1>
S= 250 2.1.0 Ok
C: RCPT TO:<postmaster@127.0.0.1>
S= 250 2.1.5 Ok
C: RCPT TO:<-f@mail.example.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<u@192.0.2.300>
S= 501 5.1.3 Bad recipient address syntax
