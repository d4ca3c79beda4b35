# a transport that master.cf does not have defers mail
need VIRTUAL
conf transport_maps = inline:{ { odd.test = nosuch:there } }
run sendmail -f alice@example.test x@odd.test
    Subject: odd

    body
log: warning: connect to transport private/nosuch: No such file or directory
log: to=<x@odd.test>, relay=none, .*dsn=4.3.0, status=deferred \(mail transport unavailable\)
queue deferred 1
