# postsuper -s moves files to where hash_queue_depth wants them; postsuper -p removes old unfinished files
need VIRTUAL postlet
conf hash_queue_depth = 2
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
stop
run mv queue/deferred/?/?/* queue/deferred/ && : >queue/incoming/000005432109 && touch -d '8 days ago' queue/incoming/000005432109
run postsuper
out: removed, never finished
run ls queue/deferred/?/?/
out: ^\w{12}$
queue incoming 0
start
run postqueue -f
wait log (?s)(to=<x@slow.test>.*){2}
