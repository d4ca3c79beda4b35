# smtp_helo_name is what we call ourselves; addresses are quoted on the wire
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_helo_name = outside.example.test
sink
session
C: MAIL FROM:<"alice b"@example.test>
S: 250
C: RCPT TO:<"o'hara, x"@away.test>
S: 250
C: DATA
S: 354
C: Subject: x
C: .
S: 250
sink= EHLO outside.example.test
sink: ^MAIL FROM:<"alice b"@example.test>
sink: ^RCPT TO:<"o'hara, x"@away.test>
