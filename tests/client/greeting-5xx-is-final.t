# smtp_skip_5xx_greeting = no: a greeting with 5xx bounces
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_skip_5xx_greeting = no
sink
    CONNECT: 554 5.3.2 go away
message alice@example.test a@away.test
log: to=<a@away.test>, .*dsn=5.3.2, status=bounced \(host 127.0.0.1\[127.0.0.1\] refused to talk to me: 554 5.3.2 go away\)
