# notify_classes with recipients of each kind
conf notify_classes = bounce, 2bounce, delay, policy, protocol, resource, software
conf bounce_notice_recipient = bob@example.test
conf 2bounce_notice_recipient = carol@example.test
conf delay_notice_recipient = dave@example.test
conf delay_warning_time = 1s
conf minimal_backoff_time = 1s
conf queue_run_delay = 1s
conf bounce_size_limit = 500
conf relayhost = $sink
sink
    RCPT /bad@/: 550 5.1.1 nobody
    RCPT /slow@/: 450 4.2.0 later
message alice@example.test bad@far.test
    Subject: first

    body
maildir alice 1
has= Subject: Undelivered Mail Returned to Sender
maildir bob 1
has= Subject: Postmaster Copy: Undelivered Mail
has= Final-Recipient: rfc822; bad@far.test
has= Content-Type: text/rfc822-headers
hasnot: ^body$
message bad@far.test bad@far.test
    Subject: second

    body
maildir carol 1
has= Subject: Postmaster Copy: Undelivered Mail
message alice@example.test slow@far.test
    Subject: third

    body
maildir alice 2
has= Subject: Delayed Mail (still being retried)
has= Action: delayed
has: ^Will-Retry-Until: 
maildir dave 1
has= Subject: Postmaster Warning: Delayed Mail
