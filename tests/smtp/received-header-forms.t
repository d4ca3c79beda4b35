# Received: for one and for several recipients; hidden with smtpd_hide_client_session
need SMTPD
conf smtpd_client_port_logging = yes
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice 1
has: ^Received: from client\.test \(localhost \[127\.0\.0\.1\]\)$
has: ^\tby mail\.example\.test \(Postfix\) with ESMTP id \w+;
has: ^\t\w\w\w, \d+ \w\w\w \d+ \d\d:\d\d:\d\d [+-]\d\d\d\d \(\w+\)$
open
S= 220 mail.example.test ESMTP Postfix
C: HELO old.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<carol@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
maildir carol 1
has: ^Received: from old\.test \(localhost \[127\.0\.0\.1\]\)$
has: ^\tby mail\.example\.test \(Postfix\) with SMTP id \w+$
has: ^\tfor <carol@example\.test>; \w\w\w, 
log: client=localhost\[127\.0\.0\.1\]:\d+$
