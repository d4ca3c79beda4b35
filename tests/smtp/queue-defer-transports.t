# defer_transports: nothing is tried until an explicit flush
need VIRTUAL
conf defer_transports = virtual
run sendmail -f bob@example.test alice@example.test
    Subject: wait

    body
log: to=<alice@example.test>, relay=none, .*dsn=4.3.2, status=deferred \(deferred transport\)
queue deferred 1
maildir alice 0
run postqueue -f
wait delivered alice
queue empty
