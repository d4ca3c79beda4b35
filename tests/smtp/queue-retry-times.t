# minimal_backoff_time, maximal_backoff_time and queue_run_delay set the pace of attempts
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
conf queue_run_delay = 1s
conf minimal_backoff_time = 1s
conf maximal_backoff_time = 2s
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
wait log (?s)(status=deferred.*){3}
queue deferred 1
