# no HELO is fine unless smtpd_helo_required says otherwise
need SMTPD
conf smtpd_helo_required = no
open
S= 220 mail.example.test ESMTP Postfix
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C:
C: text
C: .
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice
has: ^Received: from localhost \(localhost \[127\.0\.0\.1\]\)
