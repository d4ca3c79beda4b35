# confirm_delay_cleared: who was told of a delay is told that it is over
conf confirm_delay_cleared = yes
conf delay_warning_time = 1s
conf minimal_backoff_time = 1s
conf queue_run_delay = 1s
conf relayhost = $sink
sink
    RCPT: 450 4.2.0 later
message alice@example.test slow@far.test
    Subject: third

    body
maildir alice 1
has= Subject: Delayed Mail (still being retried)
sinkrule RCPT: 250 2.1.5 Ok
run postqueue -f
queue empty
maildir alice 2
has= Subject: Successful Mail Delivery Report
has: ^Action: relayed|^Action: delivered
