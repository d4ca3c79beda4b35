# the best MX is ourselves, yet the domain is none of ours: the mail would loop
need SMTPD SMTP
dns
    loop.test   MX 10 me.test
    me.test     A  127.0.0.1
    some.test   MX 10 other.test
    some.test   MX 20 me.test
    other.test  A  127.0.0.77
message alice@example.test x@loop.test
log: to=<x@loop.test>, relay=none, .*dsn=5.4.6, status=bounced \(mail for loop.test loops back to myself\)
message alice@example.test x@some.test
log: to=<x@some.test>, relay=none, .*dsn=4.4.1, status=deferred \(connect to other.test\[127.0.0.77\]:25: Connection refused\)
