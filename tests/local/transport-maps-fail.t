# a table of transports that cannot answer: mail waits
user ann
conf mailbox_transport_maps = regexp:$dir/re
conf fallback_transport_maps = fail:broken
conf local_recipient_maps =
file re
    /^ann$/ lmtp:unix:$dir/none
message alice@example.test nobodyhere@mail.example.test
log: to=<nobodyhere@mail\.example\.test>, relay=local, .*dsn=4\.3\.0, status=deferred \(table lookup failure\)
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, relay=none, .*status=deferred \(connect to
queue deferred 2
