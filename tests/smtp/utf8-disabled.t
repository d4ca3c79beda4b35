# smtputf8_enable = no
need SMTPD
conf smtputf8_enable = no
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R! 250.SMTPUTF8
raw "NOOP \xff\xfe\r\n"
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test> SMTPUTF8
S= 555 5.5.4 Unsupported option: SMTPUTF8
raw "MAIL FROM:<\xe9@client.test>\r\n"
S= 250 2.1.0 Ok
