# BDAT: chunks of any kind make one message
need SMTPD
conf smtpd_forbid_bare_newline = normalize
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
raw "BDAT 12\r\nSubject: x\r\n"
S= 250 2.0.0 Ok: 12 bytes
raw "BDAT 9\r\n\r\n.\r\none."
S= 250 2.0.0 Ok: 9 bytes
raw "bdat 4 last\r\n\r\nxy"
S: 250 2\.0\.0 Ok: 27 bytes queued as \w+
maildir alice 1
has: ^Subject: x$
has: ^\.$
has: ^one\.$
has: ^xy$
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nBDAT 14 LAST\r\nSubject: y\r\n\r\nQUIT\r\n"
S= 250 2.1.0 Ok
S= 250 2.1.5 Ok
S: 250 2\.0\.0 Ok: 14 bytes queued as \w+
S= 221 2.0.0 Bye
eof
