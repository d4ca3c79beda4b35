# nobody listens: mail waits, with the reason
twin lmtp
need SMTPD SMTP
conf relayhost = [127.0.0.1]:$port_nobody

message alice@example.test far@away.test
log: connect to 127.0.0.1\[127.0.0.1\]:\d+: Connection refused
log: to=<far@away.test>, relay=none, delay=[0-9.]+, delays=[0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+, dsn=4.4.1, status=deferred \(connect to 127.0.0.1\[127.0.0.1\]:\d+: Connection refused\)
queue deferred 1
