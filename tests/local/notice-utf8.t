# RFC 6533: notices of mail in UTF-8
need SMTPD VIRTUAL
conf smtpd_reject_unlisted_recipient = no
since 3.0
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
conf smtputf8_enable = yes
session
C: MAIL FROM:<alice@example.test> SMTPUTF8 RET=HDRS
S: 250
C: RCPT TO:<jörg@bad.test> ORCPT=utf-8;j\x{F6}rg@orig.test
S: 250
C: DATA
S: 354
C: Subject: grüße
C: .
S: 250
maildir alice 1
has= Content-Type: multipart/report; report-type=delivery-status;
has= Content-Type: message/global-delivery-status
has= Content-Type: message/global-headers
has= Final-Recipient: utf-8; jörg@bad.test
has= Original-Recipient: utf-8;jörg@orig.test
has= Subject: grüße
message alice@example.test x@bad.test
maildir alice 2
has= Content-Type: message/delivery-status
has= Content-Type: message/rfc822
has= Final-Recipient: rfc822; x@bad.test
