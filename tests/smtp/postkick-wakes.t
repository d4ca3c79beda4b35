# postkick wakes the queue manager and pickup
need POSTKICK
conf queue_run_delay = 1h
conf minimal_backoff_time = 1h
conf default_transport = smtp:$sink
sink
    RCPT: 450 4.3.0 later
run sendmail -f alice@example.test x@remote.test
    Subject: s

    body
queue deferred 1
sinkrule RCPT: 250 2.1.5 Ok
run postkick public qmgr DAF
wait log status=sent
queue empty
run postkick public pickup W
