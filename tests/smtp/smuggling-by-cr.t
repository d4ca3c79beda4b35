# a CR alone is no line end
need SMTPD
conf smtpd_forbid_bare_newline = normalize
conf smtpd_forbid_bare_newline_exclusions =
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\r\n\r\none\r.\r\ntwo\r\n.\rthree\r.\r\n\r\r\n.\r\r\nfour\r\n.\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
C: QUIT
S= 221 2.0.0 Bye
eof
maildir alice 1
has: ^four$
