# smtpd_banner
need SMTPD
conf smtpd_banner = $myhostname ESMTP ready for $mydomain
open
S= 220 mail.example.test ESMTP ready for example.test
C: QUIT
S= 221 2.0.0 Bye
eof
