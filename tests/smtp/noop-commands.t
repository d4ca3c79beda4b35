# smtpd_noop_commands beat the real ones
need SMTPD
conf smtpd_noop_commands = etrn
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: ETRN example.test
S= 250 2.0.0 Ok
