# soft_bounce = yes: what would bounce waits
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf soft_bounce = yes
sink
    RCPT: 550 5.1.1 unknown
message alice@example.test nobody@away.test
log: to=<nobody@away.test>, .*dsn=4.1.1, status=SOFTBOUNCE \(host 127.0.0.1\[127.0.0.1\] said: 550 5.1.1 unknown
queue deferred 1
