# smtpd_recipient_limit and the overshoot
need SMTPD
conf smtpd_recipient_limit = 2
conf smtpd_recipient_overshoot_limit = 1
conf smtpd_hard_error_limit = 2
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<carol@example.test>
S= 452 4.5.3 Error: too many recipients
C: RCPT TO:<carol@example.test>
S= 452 4.5.3 Error: too many recipients
C: RCPT TO:<carol@example.test>
S= 452 4.5.3 Error: too many recipients
S= 421 4.7.0 mail.example.test Error: too many errors
eof
