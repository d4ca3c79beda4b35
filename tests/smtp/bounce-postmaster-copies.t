# notify_classes bounce and 2bounce send copies to the postmaster, from double-bounce, which is never answered
need VIRTUAL
conf notify_classes = bounce, 2bounce
conf bounce_notice_recipient = bob@example.test
conf 2bounce_notice_recipient = carol@example.test
conf double_bounce_sender = no-such-sender
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test x@bad.test
    Subject: lost

    body
wait delivered alice
wait delivered bob
has= Subject: Postmaster Copy: Undelivered Mail
has= Auto-Submitted: auto-generated
has: ^Return-Path: <no-such-sender@mail.example.test>$
has= Content-Type: text/rfc822-headers
log: postmaster non-delivery notification: \w+
run sendmail -f '<>' x@bad.test
    Subject: a notice itself

    body
wait delivered carol
has= X-Postfix-Sender: rfc822; MAILER-DAEMON@mail.example.test
has= Content-Type: message/rfc822
maildir alice 1
run sendmail -f no-such-sender@mail.example.test x@bad.test
    Subject: nobody wants this

    body
log: undeliverable postmaster notification discarded
run sendmail -f alice@example.test no-such-sender@mail.example.test
    Subject: for nobody

    body
log: to=<no-such-sender@mail.example.test>, relay=none, .*status=sent \(undeliverable postmaster notification discarded\)
queue empty
