# mailbox_transport names a service that is not in master.cf, or local itself: mail waits
# (Postfix waits for the service, ten times ten seconds, before it says so)
need postlet
user ann ben
conf mailbox_transport = nosuchservice
conf mailbox_transport_maps = inline:{ben=local}
message alice@example.test ann@mail.example.test
log: warning: connect to transport private/nosuchservice: No such file or directory
log: to=<ann@mail\.example\.test>, relay=none, .*dsn=4\.3\.0, status=deferred \(mail transport unavailable\)
message alice@example.test ben@mail.example.test
log: to=<ben@mail\.example\.test>, relay=none, .*status=deferred \(mail system configuration error\)
queue deferred 2
