# smtpd_per_request_deadline: a time limit is for a whole command or content; smtpd_min_data_rate gives content more of it
need SMTPD
conf smtpd_timeout = 2s
conf smtpd_per_request_deadline = yes
conf smtpd_min_data_rate = 10
conf smtpd_peername_lookup = no
open
S= 220 mail.example.test ESMTP Postfix
raw "EHLO cli"
pause 1.2
raw "ent"
pause 1.2
S= 421 4.4.2 mail.example.test Error: timeout exceeded
eof
session
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S: 354
raw "Subject: fast enough\r\n\r\n"
pause 1.2
raw "These are twenty-odd bytes.\r\n"
pause 1.2
raw "And these are that many too.\r\n"
pause 1.2
C: .
S: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S: 354
raw "S: x\r\n"
pause 0.9
raw "a\r\n"
pause 0.9
raw "b\r\n"
pause 0.9
raw "c\r\n"
pause 0.9
S= 421 4.4.2 mail.example.test Error: timeout exceeded
log: timeout after DATA \(\d+ bytes\) from unknown\[127\.0\.0\.1\]
