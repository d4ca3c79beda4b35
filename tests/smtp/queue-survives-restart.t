# deferred mail and held mail are there after a restart, with their reasons; delivered recipients stay delivered
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f bob@example.test alice@example.test x@slow.test
    Subject: both

    body
wait delivered alice
queue deferred 1
restart
run postqueue -f
wait log (?s)(to=<x@slow.test>.*){2}
run mailq
out: try again later
out: x@slow.test
maildir alice 1
