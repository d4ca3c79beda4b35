# NOTIFY=NEVER: no notice, and the message is gone
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test -N never x@bad.test
    Subject: lost

    body
log: status=bounced
log: qmgr\[\d+\]: \w+: removed
queue empty
maildir alice 0
nolog: notification
