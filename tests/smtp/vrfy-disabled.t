# disable_vrfy_command
need SMTPD
conf disable_vrfy_command = yes
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R! 250.VRFY
C: VRFY alice@example.test
S= 502 5.5.1 VRFY command is disabled
C: VRFY
S= 502 5.5.1 VRFY command is disabled
