# a recipient that the first server puts off is given to the second; one that it refuses for good is not
twin lmtp
need SMTPD SMTP
conf smtp_tcp_port = $sinkport
conf smtp_mx_session_limit = 2
conf smtp_fallback_relay = $sink_second
conf relayhost = $sink
sink
    RCPT /later/: 450 4.2.0 not now
    RCPT /never/: 550 5.1.1 no such user
sink second

message alice@example.test now@away.test later@away.test never@away.test
sinkcount 1
sinkcount second 1
log: to=<now@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, .*dsn=2.0.0, status=sent \(250 2.0.0 Ok: queued as SINK\)
log: to=<later@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, .*dsn=2.0.0, status=sent \(250 2.0.0 Ok: queued as SINK\)
log: to=<never@away.test>, .*dsn=5.1.1, status=bounced \(host 127.0.0.1\[127.0.0.1\] said: 550 5.1.1 no such user \(in reply to RCPT TO command\)\)
log: [0-9A-F]+: host 127.0.0.1\[127.0.0.1\] said: 450 4.2.0 not now \(in reply to RCPT TO command\)
