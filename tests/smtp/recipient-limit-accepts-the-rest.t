# recipients above the limit are told to come later; the message goes to the others
need SMTPD
conf smtpd_recipient_limit = 1
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<bob@example.test>
S= 452 4.5.3 Error: too many recipients
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice
maildir bob 0
