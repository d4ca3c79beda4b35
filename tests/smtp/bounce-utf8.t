# a message with SMTPUTF8 comes back as a report with the types of RFC 6533
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -O smtputf8=yes -f alice@example.test 'jörg@bad.test'
    Subject: grüße

    body
wait delivered alice
has: ^Content-Type: multipart/report; report-type=delivery-status;$
has= Content-Type: message/global-delivery-status
has= Content-Type: message/global
has= Final-Recipient: utf-8; jörg@bad.test
