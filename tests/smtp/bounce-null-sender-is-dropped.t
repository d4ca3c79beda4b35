# a notice that cannot be delivered makes no further notice
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
conf notify_classes =
run sendmail -f '<>' x@bad.test
    Subject: notice

    body
log: status=bounced
log: removed
queue empty
nolog: notification
