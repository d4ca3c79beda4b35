# without a certificate or level there is no STARTTLS
need SMTPD
conf smtpd_tls_security_level = none
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R! 250.STARTTLS
C: STARTTLS
S= 502 5.5.1 Error: command not implemented
