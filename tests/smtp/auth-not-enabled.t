# AUTH without smtpd_sasl_auth_enable
need SMTPD
conf smtpd_sasl_auth_enable = no
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R! 250.AUTH
C: AUTH PLAIN AGEAYg==
S= 503 5.5.1 Error: authentication not enabled
C: AUTH
S= 503 5.5.1 Error: authentication not enabled
