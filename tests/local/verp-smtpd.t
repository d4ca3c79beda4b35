# smtpd_authorized_verp_clients comes before authorized_verp_clients; a bounce per recipient
conf authorized_verp_clients =
conf smtpd_authorized_verp_clients = 127.0.0.1
conf default_verp_delimiters = =+
conf virtual_mailbox_maps = static:alice/
conf relayhost = $sink
sink
    RCPT: 550 5.1.1 nobody
open
S: 220
C: EHLO client.test
R: 250
R& 250[ -]XVERP
C: MAIL FROM:<list@example.test> XVERP
S: 250
C: RCPT TO:<one@far.test>
S: 250
C: RCPT TO:<two@far.test>
S: 250
C: DATA
S: 354
C: Subject: x
C:
C: .
S: 250
C: QUIT
maildir alice 2
has: ^Final-Recipient: rfc822; (one|two)@far\.test$
has: ^To: list=(one|two)\+far\.test@example\.test$
queue empty
