# XVERP: senders and the characters; verp_delimiter_filter, disable_verp_bounces, authorized_verp_clients
conf authorized_verp_clients = 127.0.0.2
conf default_verp_delimiters = -=
conf verp_delimiter_filter = -=
conf disable_verp_bounces = yes
conf relayhost = $sink
sink
open
S: 220
C: EHLO client.test
R: 250
R! 250[ -]XVERP
C: MAIL FROM:<list@example.test> XVERP
S: 555 5\.5\.4 Unsupported option: XVERP
close
open smtp from 127.0.0.2
S: 220
C: EHLO client.test
R: 250
R& 250[ -]XVERP
C: MAIL FROM:<list@example.test> XVERP=+=
S: 501 5.5.4
C: MAIL FROM:<list@example.test> XVERP=x
S: 501 5.5.4
C: MAIL FROM:<list@example.test> XVERP
S: 250
C: RCPT TO:<joe@far.test>
S: 250
C: RCPT TO:<nobodyhere@example.test>
S: 550
C: DATA
S: 354
C: Subject: x
C:
C: .
S: 250
sink: ^MAIL FROM:<list-joe=far\.test@example\.test>
