# errors above smtpd_soft_error_limit are answered late
need SMTPD
conf smtpd_soft_error_limit = 1
conf smtpd_error_sleep_time = 1s
open
S= 220 mail.example.test ESMTP Postfix
C: FOO
S= 500 5.5.2 Error: command not recognized
C: BAR
S= 500 5.5.2 Error: command not recognized
C: NOOP
S= 250 2.0.0 Ok
