# enable_idna2003_compatibility: sharp s in a domain is looked up as ss
need SMTPD SMTP
conf smtp_tcp_port = $sinkport
conf enable_idna2003_compatibility = yes
dns
    xn--bcher-kva.test A 127.0.0.1
    strasse.test MX 10 mx.test
    mx.test A 127.0.0.1
sink
    ehlo PIPELINING SMTPUTF8 8BITMIME
session
C: MAIL FROM:<alice@example.test> SMTPUTF8
S: 250
C: RCPT TO:<x@bücher.test>
S: 250
C: RCPT TO:<x@straße.test>
S: 250
C: DATA
S: 354
C: Subject: x
C:
C: .
S: 250
sink: ^RCPT TO:<x@bücher.test>
sink: ^RCPT TO:<x@straße.test>
queue empty
