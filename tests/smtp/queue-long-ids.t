# enable_long_queue_ids: ids do not repeat; hashing, listing and commands know them
need VIRTUAL
conf enable_long_queue_ids = yes
conf hash_queue_names = deferred, incoming
conf hash_queue_depth = 2
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
run find queue/deferred -type f
out: ^queue/deferred/[0-9A-F]/[0-9A-F]/[0-9B-Zb-z]{10}z[0-9B-Zb-y]+$
run mailq
out= ----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------
out: ^[0-9B-Zb-z]{10}z\w+ +\d+ \w{3} \w{3} [ \d]\d [\d:]{8} alice@example.test$
run postqueue -i $(postqueue -j | sed 's/.*queue_id": "\([^"]*\).*/\1/')
wait log (?s)(to=<x@slow.test>.*){2}
run postsuper -d $(postqueue -j | sed 's/.*queue_id": "\([^"]*\).*/\1/')
out: ^postsuper: \w+: removed$
queue empty
