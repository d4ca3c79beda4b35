# mail goes to the MX hosts of the domain in order of preference; a host that refuses is passed over
need SMTPD SMTP
conf smtp_tcp_port = $sinkport
sink
dns
    away.test        MX  10 first.away.test
    away.test        MX  20 second.away.test
    first.away.test  A   127.0.0.9
    second.away.test A   127.0.0.1
    nomail.test      MX  0 .
    gone.test        NXDOMAIN
    broken.test      SERVFAIL

message alice@example.test far@away.test
sinkcount 1
log: to=<far@away.test>, relay=second.away.test\[127.0.0.1\]:\d+, .*status=sent
message alice@example.test x@broken.test
log: to=<x@broken.test>, relay=none, .*dsn=4.4.3, status=deferred \(Host or domain name not found. Name service error for name=broken.test type=MX: Host not found, try again\)
message alice@example.test x@gone.test
log: to=<x@gone.test>, relay=none, .*dsn=5.4.4, status=bounced \(Host or domain name not found. Name service error for name=gone.test type=A: Host not found\)
message alice@example.test x@nomail.test
log: to=<x@nomail.test>, relay=none, .*dsn=5\.1\.(0|10), status=bounced \(Domain nomail.test does not accept mail \(nullMX\)\)
queue deferred 1
