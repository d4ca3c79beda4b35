# many commands without mail count as errors; mail resets the count
need SMTPD
conf smtpd_junk_command_limit = 3
conf smtpd_hard_error_limit = 3
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: VRFY alice@example.test
S= 252 2.0.0 alice@example.test
C: NOOP
S= 250 2.0.0 Ok
S= 421 4.7.0 mail.example.test Error: too many errors
eof
log: too many errors after NOOP from localhost\[127\.0\.0\.1\]
log: disconnect from localhost\[127\.0\.0\.1\] helo=1 rset=1 noop=4 vrfy=1 commands=7
open
S= 220 mail.example.test ESMTP Postfix
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
