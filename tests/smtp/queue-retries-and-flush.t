# attempts follow minimal_backoff_time and queue_run_delay; postqueue -f and -i make one at once
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
run postqueue -f
wait log (?s)(status=deferred.*){2}
run postqueue -i $(postqueue -j | sed 's/.*queue_id": "\([^"]*\).*/\1/')
wait log (?s)(status=deferred.*){3}
pause 1
logcount 3 status=deferred
