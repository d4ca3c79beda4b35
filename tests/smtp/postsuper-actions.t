# postsuper: hold, release, requeue, expire and delete one message or all, with log lines and totals
need VIRTUAL POSTKICK
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
run postsuper -h $(postqueue -j | sed 's/.*queue_id": "\([^"]*\).*/\1/')
out: ^postsuper: \w+: placed on hold$
out= postsuper: Placed on hold: 1 message
queue hold 1
run postsuper -H ALL
out= postsuper: Released from hold: 1 message
queue hold 0
queue deferred 1
run postsuper -r ALL deferred
out= postsuper: Requeued: 1 message
log: pickup\[\d+\]: \w+: uid=\d+ from=<alice@example.test>( orig_id=\w+)?
run postkick public pickup W || true
wait log (?s)(to=<x@slow.test>.*){2}
queue deferred 1
run postqueue -j | sed 's/.*queue_id": "\([^"]*\).*/\1/' | postsuper -e -
out: ^postsuper: \w+: expired$
out= postsuper: Force-expired: 1 message
run mailq
out: ^\w+# 
run postqueue -f
log: status=force-expired, returned to sender
wait delivered alice
queue empty
run sendmail -f alice@example.test x@slow.test
    Subject: two

    body
queue deferred 1
run postsuper -d a/b -d ABCDEF -d ALL
out: invalid mail queue id: a/b
out= postsuper: Deleted: 1 message
queue empty
run postsuper nosuchqueue
status 1
out: invalid directory name: nosuchqueue
run postsuper -X
status 1
