# smtpd_forbid_bare_newline = reject: content with LF alone is refused at its end
need SMTPD
conf smtpd_forbid_bare_newline = reject
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
raw "Subject: x\r\n\r\none\ntwo\r\n.\r\n"
S= 550 5.5.2 mail.example.test Error: bare <LF> received
log: \w+: reject: END-OF-MESSAGE from localhost\[127\.0\.0\.1\]: bare <LF> received; from=<a@client\.test> to=<alice@example\.test> proto=ESMTP helo=<client\.test>
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\r\n\r\none\r\ntwo\r\n.\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice 1
