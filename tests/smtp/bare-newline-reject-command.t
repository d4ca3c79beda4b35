# smtpd_forbid_bare_newline = reject: a command line that ends with LF alone
need SMTPD
conf smtpd_forbid_bare_newline = reject
conf smtpd_forbid_bare_newline_exclusions =
conf smtpd_forbid_bare_newline_reject_code = 521
open
S= 220 mail.example.test ESMTP Postfix
raw "EHLO client.test\n"
S= 521 5.5.2 mail.example.test Error: bare <LF> received
eof
log: NOQUEUE: reject: CONNECT from localhost\[127\.0\.0\.1\]: bare <LF> received; proto=SMTP
