# defer_service_name: delayed mail is noted, and told, by the service of that name
need postlet VIRTUAL
conf defer_service_name = mydefer
master defer unix remove
master mydefer unix - - n - 0 bounce
conf delay_warning_time = 1s
conf minimal_backoff_time = 1s
conf queue_run_delay = 1s
conf transport_maps = inline:{ { far.test = retry:4.2.0 not yet } }
run sendmail -f alice@example.test x@far.test
    Subject: x

    x
maildir alice 1
has= Subject: Delayed Mail (still being retried)
