# mail for elsewhere goes to relayhost; a 4xx reply defers it, the next attempt delivers
need SMTPD SMTP
conf relayhost = $sink
conf smtp_tls_security_level = may
sink
    starttls
    RCPT: 450 4.2.0 later
    RCPT: 250 2.1.5 Ok

message alice@example.test far@away.test
queue deferred 1
log: to=<far@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, .* dsn=4.2.0, status=deferred \(host 127.0.0.1\[127.0.0.1\] said: 450 4.2.0 later \(in reply to RCPT TO command\)\)
run postqueue -p
out: \(host 127.0.0.1\[127.0.0.1\] said: 450 4.2.0 later
run postqueue -f
sinkcount 1
sink: ^tls TLSv1
sink: ^MAIL FROM:<alice@example.test> SIZE=\d+
queue empty
log: status=sent \(250 2.0.0 Ok: queued as SINK\)
