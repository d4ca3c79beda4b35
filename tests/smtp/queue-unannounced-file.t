# a file that nobody told the queue manager of is found and delivered
need VIRTUAL
conf transport_maps = texthash:$dir/transport
file transport
    slow.test retry:4.4.1 try again later
run sendmail -f bob@example.test alice@example.test x@slow.test
    Subject: one

    body
wait delivered alice
queue deferred 1
stop
run mv queue/deferred/*/* queue/incoming/ && touch queue/incoming/*
start
queue incoming 0
queue deferred 1
maildir alice 1
