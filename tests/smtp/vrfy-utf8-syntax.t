# VRFY says what it takes
need SMTPD
conf smtputf8_enable = yes
open
S= 220 mail.example.test ESMTP Postfix
C: VRFY
S= 501 5.5.4 Syntax: VRFY address [SMTPUTF8]
C: VRFY alice@example.test SMTPUTF8
S= 252 2.0.0 alice@example.test
C: VRFY alice@example.test FOO
S= 501 5.1.3 Bad recipient address syntax
