# addresses in a delivery report have their quotes
need SMTPD VIRTUAL
conf smtpd_reject_unlisted_recipient = no
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
session
C: MAIL FROM:<alice@example.test>
S: 250
C: RCPT TO:<"a b"@bad.test>
S: 250
C: DATA
S: 354
C: Subject: x
C: .
S: 250
maildir alice 1
has= <"a b"@bad.test>: no such user here
has= Final-Recipient: rfc822; "a b"@bad.test
has= Original-Recipient: rfc822;"a b"@bad.test
