# delay_warning_time: the sender is told once that mail is late; delay class: the postmaster too
need VIRTUAL
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
conf delay_warning_time = 1s
conf notify_classes = delay
conf delay_notice_recipient = bob@example.test
conf queue_run_delay = 1s
conf minimal_backoff_time = 1s
conf maximal_backoff_time = 2s
run sendmail -f alice@example.test x@slow.test
    Subject: late

    body
wait delivered alice
has= Subject: Delayed Mail (still being retried)
has= Action: delayed
has= Status: 4.4.1
has: ^Will-Retry-Until: 
has= Content-Description: Undelivered Message Headers
wait delivered bob
has= Subject: Postmaster Warning: Delayed Mail
pause 4
maildir alice 1
queue deferred 1
