# SIZE: what the server says it does not take is not sent
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
sink
    EHLO: 250-sink.test\n250-PIPELINING\n250 SIZE 100
message alice@example.test a@away.test
log: to=<a@away.test>, .*dsn=5.3.4, status=bounced \(message size \d+ exceeds size limit 100 of server 127.0.0.1\[127.0.0.1\]\)
nosink: ^MAIL
