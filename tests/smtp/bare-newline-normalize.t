# smtpd_forbid_bare_newline = normalize: lines that end with LF are lines, but only CRLF.CRLF ends the message
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
raw "Subject: x\nX-Second: y\n\nbefore\n.\nMAIL FROM:<evil@client.test>\r\n.\nafter\n.\r\nlast\r\n.\r\n"
S: 250 2\.0\.0 Ok: queued as \w+
C: QUIT
S= 221 2.0.0 Bye
eof
maildir alice
has: ^X-Second: y$
has: ^MAIL FROM:<evil@client.test>$
has: ^after$
has: ^last$
