# smtpd_per_record_deadline, the older name, has the effect of smtpd_per_request_deadline
need SMTPD
conf smtpd_timeout = 2s
conf smtpd_per_record_deadline = yes
open
S= 220 mail.example.test ESMTP Postfix
raw "EHLO cli"
pause 1.2
raw "ent"
pause 1.2
S= 421 4.4.2 mail.example.test Error: timeout exceeded
eof
