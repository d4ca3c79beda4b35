# a routing table that is replaced is used for the next attempt, without a reload
need VIRTUAL postlet
conf transport_maps = texthash:$dir/transport
file transport
    slow.test retry:4.4.1 try again later
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
pause 1.2
write transport
    slow.test discard:thrown away
run postqueue -f
log: to=<x@slow.test>, .*status=sent \(thrown away\)
queue empty
