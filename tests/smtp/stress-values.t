# with stress the limits are tighter
need SMTPD
conf stress = yes
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: FOO
S= 500 5.5.2 Error: command not recognized
S= 421 4.7.0 mail.example.test Error: too many errors
eof
log: too many errors after UNKNOWN from localhost\[127\.0\.0\.1\]
