# mail that is too old after an attempt goes back to its sender with the last reason
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
conf maximal_queue_lifetime = 0
conf bounce_queue_lifetime = 0
run sendmail -f alice@example.test x@slow.test
    Subject: too late

    body
log: to=<x@slow.test>, .*status=deferred \(try again later\)
log: qmgr\[\d+\]: \w+: from=<alice@example.test>, status=expired, returned to sender
wait delivered alice
has= Status: 4.4.1
has= Action: failed
queue empty
