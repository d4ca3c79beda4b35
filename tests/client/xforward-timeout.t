# smtp_xforward_timeout: the limit for the answer to XFORWARD
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_send_xforward_command = yes
conf smtp_xforward_timeout = 1s
sink
    EHLO: 250-sink.test\n250 XFORWARD NAME ADDR
    delay XFORWARD 4
message alice@example.test a@away.test
log: status=deferred \(conversation with 127.0.0.1\[127.0.0.1\] timed out while sending XFORWARD name/address\)
sinkcount 0
