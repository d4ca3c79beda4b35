# after smtpd_hard_error_limit errors the session ends
need SMTPD
conf smtpd_hard_error_limit = 2
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: FOO
S= 500 5.5.2 Error: command not recognized
C: BAR
S= 500 5.5.2 Error: command not recognized
S= 421 4.7.0 mail.example.test Error: too many errors
eof
log: too many errors after UNKNOWN from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] unknown=0/2 commands=0/2
open
S= 220 mail.example.test ESMTP Postfix
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
C: RCPT TO:<nobody2@example.test>
S= 550 5.1.1 <nobody2@example.test>: Recipient address rejected: User unknown in virtual mailbox table
S= 421 4.7.0 mail.example.test Error: too many errors
eof
log: too many errors after RCPT from localhost\[127\.0\.0\.1\]
