# sendmail -v: the message is delivered, and a report says how
need SMTPD VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -v -f alice@example.test bob@example.test x@bad.test
    Subject: verbose

    x
wait delivered alice 2
log: sender delivery status notification
log: sender non-delivery notification
run cat mail/alice/new/*
out= Subject: Mail Delivery Status Report
out= <bob@example.test>: delivery via virtual: delivered to maildir
out= Action: delivered
out= Action: failed
maildir bob 1
