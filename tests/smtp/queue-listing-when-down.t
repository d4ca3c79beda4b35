# the owner of the queue sees it while nothing runs; the same system lists it again when it does
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
stop
run postqueue -p
out: Mail system is down -- accessing queue directly
out: alice@example.test
run postqueue -f
status 69
out: Cannot flush mail queue - mail system is down
run sendmail -f bob@example.test y@slow.test
    Subject: dropped

    body
queue maildrop 1
run postqueue -p
out: ^\w+ +\d+ \w{3} \w{3} [ \d]\d [\d:]{8}  bob@example.test$
out=                                          y@slow.test
run postqueue -j
out: "queue_name": "maildrop".*"address": "y@slow.test"
