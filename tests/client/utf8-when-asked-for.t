# SMTPUTF8 is said to a next hop when the client said it, whether or not anything needs it
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
sink
    ehlo PIPELINING SIZE 8BITMIME SMTPUTF8
session
C: MAIL FROM:<alice@example.test> SMTPUTF8
S: 250
C: RCPT TO:<bob@away.test>
S: 250
C: DATA
S: 354
C: Subject: plain
C: 
C: .
S: 250
C: MAIL FROM:<carol@example.test> BODY=8BITMIME
S: 250
C: RCPT TO:<bob@away.test>
S: 250
C: DATA
S: 354
C: Subject: Grüße
C: 
C: .
S: 250
sink: MAIL FROM:<alice@example.test> .*SMTPUTF8
sink: MAIL FROM:<carol@example.test> SIZE=\d+ BODY=8BITMIME$
