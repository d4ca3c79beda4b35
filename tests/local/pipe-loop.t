# pipe: flag D refuses mail that has been here
conf transport_maps = inline:{pipe.test=keep}
conf relay_domains = pipe.test
conf keep_destination_recipient_limit = 1
master keep unix - n n - - pipe flags=D user=games argv=/bin/true
message alice@example.test a@pipe.test
    Delivered-To: A@pipe.test
    Subject: loop

    body
log: to=<a@pipe\.test>, relay=keep, .*dsn=5\.4\.6, status=bounced \(mail forwarding loop for a@pipe\.test\)
maildir alice 1
has= Status: 5.4.6
