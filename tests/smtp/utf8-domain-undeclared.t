# a domain that is not ASCII is one in a message with SMTPUTF8 only
need SMTPD
conf strict_smtputf8 = no
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<ü@b.test>
S= 250 2.1.0 Ok
C: RCPT TO:<a@ö.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<ö@mail.example.test>
R: 550
C: RSET
R: 250
C: MAIL FROM:<a@bü.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@bü.test> SMTPUTF8
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
