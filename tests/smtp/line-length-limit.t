# longer command lines are cut, longer content lines are broken
need SMTPD
conf line_length_limit = 512
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
raw "NOOP "
raw "x" * 300
raw "\r\n"
S= 250 2.0.0 Ok
raw "x" * 5000
raw "\r\n"
S= 500 5.5.2 Error: command not recognized
C: NOOP
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C:
raw "0123456789" * 60
raw "\r\n.\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice
