# an undeliverable message comes back as a report of three parts, with the original message
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test -N failure -V env-1 x@bad.test y@bad.test
    From: alice@example.test
    Subject: lost

    .body
log: to=<x@bad.test>, relay=none, delay=[\d.]+, delays=[\d./]+, dsn=5.1.1, status=bounced \(no such user here\)
log: bounce\[\d+\]: \w+: sender non-delivery notification: \w+
wait delivered alice
has= From: Mail Delivery System <MAILER-DAEMON@mail.example.test>
has= Subject: Undelivered Mail Returned to Sender
has= Auto-Submitted: auto-replied
has: ^Content-Type: multipart/report; report-type=delivery-status;$
has: ^	boundary="\w+\.\d+/mail.example.test"$
has= Content-Description: Notification
has= <x@bad.test>: no such user here
has= Content-Type: message/delivery-status
has= Reporting-MTA: dns; mail.example.test
has= Original-Envelope-Id: env-1
has: ^X-Postfix-Queue-ID: \w+$
has= X-Postfix-Sender: rfc822; alice@example.test
has= Final-Recipient: rfc822; y@bad.test
has= Original-Recipient: rfc822;y@bad.test
has= Action: failed
has= Status: 5.1.1
has= Diagnostic-Code: X-Postfix; no such user here
has= Content-Description: Undelivered Message
has= Content-Type: message/rfc822
has= Return-Path: <alice@example.test>
has= Subject: lost
has= .body
queue empty
