# clients of smtpd_forbid_bare_newline_exclusions may end the message with LF.LF
need SMTPD
conf smtpd_forbid_bare_newline = normalize
conf smtpd_forbid_bare_newline_exclusions = 127.0.0.0/8
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
raw "Subject: x\n\nbefore\n.\n"
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice
has: ^before$
