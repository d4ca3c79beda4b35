# postqueue -p, mailq and -j show what is deferred, held and marked, with reasons
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run mailq
out= Mail queue is empty
run sendmail -f alice@example.test x@slow.test y@slow.test
    Subject: one

    body
queue deferred 1
run mailq
out= -Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
out: ^[0-9A-F]{10,12} +\d+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d  alice@example.test$
out=                                                              (try again later)
out=                                          x@slow.test
out=                                          y@slow.test
out: ^-- \d+ Kbytes in 1 Request\.$
run postqueue -j
out: ^\{"queue_name": "deferred", "queue_id": "[0-9A-F]{10,12}", "arrival_time": \d+, "message_size": \d+, "forced_expire": false, "sender": "alice@example.test", "recipients": \[\{"address": "x@slow.test", "delay_reason": "try again later"\}, \{"address": "y@slow.test", "delay_reason": "try again later"\}\]\}$
run postsuper -h ALL
out= postsuper: Placed on hold: 1 message
queue hold 1
run mailq
out: ^[0-9A-F]{10,12}! 
run postqueue -s nowhere.test
status 69
out: Flush service is not configured for destination "nowhere.test"
run postqueue -i ../x
status 69
run postqueue -p -f
status 69
