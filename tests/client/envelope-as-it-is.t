# smtp_quote_rfc821_envelope = no: addresses leave without quoting
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_quote_rfc821_envelope = no
sink
session
C: MAIL FROM:<alice@example.test>
S: 250
C: RCPT TO:<"a..b"@away.test>
S: 250
C: DATA
S: 354
C: Subject: x
C: .
S: 250
sink: ^RCPT TO:<a..b@away.test>
