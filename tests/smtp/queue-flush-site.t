# postqueue -s: only mail for that site is tried, if fast_flush_domains has it
need VIRTUAL
conf fast_flush_domains = slow.test
conf transport_maps = inline:{ { slow.test = retry:4.4.1 slow }, { other.test = retry:4.4.1 other } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
run sendmail -f alice@example.test x@other.test
    Subject: two

    body
queue deferred 2
run postqueue -s slow.test
wait log (?s)(to=<x@slow.test>.*){2}
pause 0.5
logcount 1 to=<x@other.test>
run postqueue -s other.test
status 69
