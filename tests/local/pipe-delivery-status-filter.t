# pipe_delivery_status_filter
conf transport_maps = inline:{pipe.test=code}
conf relay_domains = pipe.test
conf pipe_delivery_status_filter = regexp:$dir/filter
master code unix - n n - - pipe user=games argv=/bin/sh -c { exit 67 }
file filter
    /^5\.1\.1 user unknown/ 4.1.1 patience
message alice@example.test a@pipe.test
log: to=<a@pipe\.test>, relay=code, .*dsn=4\.1\.1, status=deferred \(patience\)
