# NUL in commands is bad syntax; in content it goes
need SMTPD
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
raw "NO\0OP\r\n"
S= 500 5.5.2 Error: command not recognized
raw "\0\r\n"
S= 500 5.5.2 Error: bad syntax
raw "NOOP \0\r\n"
S= 250 2.0.0 Ok
C: NOOP
S= 250 2.0.0 Ok
