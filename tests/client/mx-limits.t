# smtp_mx_address_limit and smtp_mx_session_limit; smtp_randomize_addresses = no keeps the order
need SMTPD SMTP
conf smtp_tcp_port = $sinkport
conf smtp_mx_session_limit = 1
conf smtp_mx_address_limit = 3
conf smtp_randomize_addresses = no
sink
    MAIL: 451 4.3.0 not now
dns
    away.test     MX 10 one.away.test
    away.test     MX 20 two.away.test
    one.away.test A  127.0.0.1
    two.away.test A  127.0.0.1
    many.test     MX 10 m1.test
    many.test     MX 20 m2.test
    many.test     MX 30 m3.test
    many.test     MX 40 m4.test
    m1.test       A  127.0.0.11
    m2.test       A  127.0.0.12
    m3.test       A  127.0.0.13
    m4.test       A  127.0.0.1
message alice@example.test a@away.test
log: to=<a@away.test>, relay=one.away.test\[127.0.0.1\]:\d+, .*status=deferred
message alice@example.test a@many.test
log: connect to m1.test\[127.0.0.11\]:\d+: Connection refused
log: connect to m3.test\[127.0.0.13\]:\d+: Connection refused
log: to=<a@many.test>, relay=none, .*status=deferred \(connect to m3.test\[127.0.0.13\]:\d+: Connection refused\)
nosink: (?s)^connect.*^connect
