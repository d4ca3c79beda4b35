# smtpd_forbid_bare_newline = no: as long ago
need SMTPD
conf smtpd_forbid_bare_newline = no
conf smtpd_forbid_bare_newline_exclusions =
open
S= 220 mail.example.test ESMTP Postfix
raw "EHLO client.test\n"
R: 250
raw "MAIL FROM:<a@client.test>\n"
S= 250 2.1.0 Ok
raw "RCPT TO:<alice@example.test>\n"
S= 250 2.1.5 Ok
raw "DATA\n"
S= 354 End data with <CR><LF>.<CR><LF>
raw "Subject: x\n\nbefore\n.\n"
S: 250 2\.0\.0 Ok: queued as \w+
raw "QUIT\n"
S= 221 2.0.0 Bye
eof
maildir alice
has: ^before$
