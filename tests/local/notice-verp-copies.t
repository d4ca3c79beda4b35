# VERP: each recipient has a notice of its own, and so have the postmaster's copies
need VIRTUAL
conf notify_classes = bounce
conf bounce_notice_recipient = carol@example.test
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
conf recipient_delimiter = +
run sendmail -XV -f alice@example.test x@bad.test y@bad.test
    Subject: verp

    x
maildir alice 2
maildir carol 2
has: ^Final-Recipient: rfc822; [xy]@bad.test
log: sender non-delivery notification.*\n(.*\n)*.*postmaster non-delivery notification
