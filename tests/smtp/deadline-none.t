# without a deadline every byte gives a client the whole time limit again
need SMTPD
conf smtpd_timeout = 2s
conf smtpd_per_request_deadline = no
open
S= 220 mail.example.test ESMTP Postfix
raw "EHLO cli"
pause 1.2
raw "ent"
pause 1.2
raw "\r\n"
R: 250
