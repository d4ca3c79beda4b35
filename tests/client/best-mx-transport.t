# best_mx_transport takes the mail for which we are the best MX unexpectedly
need SMTPD SMTP LOCAL
dns
    loop.test   MX 10 me.test
    me.test     A  127.0.0.1
conf best_mx_transport = virtual
conf virtual_mailbox_maps = inline:{ x@loop.test=x.loop/, y@loop.test=y.loop/ }
message alice@example.test x@loop.test y@loop.test z@loop.test
log: passing <x@loop.test> to transport=virtual
log: virtual\[\d+\]: .*to=<x@loop.test>, relay=virtual, .*status=sent \(delivered to maildir\)
log: virtual\[\d+\]: .*to=<y@loop.test>, relay=virtual, .*status=sent \(delivered to maildir\)
log: to=<z@loop.test>, .*dsn=5.1.1, status=bounced \(unknown user: "z@loop.test"\)
maildir x.loop 1
maildir y.loop 1
queue deferred 0
