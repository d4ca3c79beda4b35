# smtp_delivery_status_filter changes status and text, but never success into failure
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_delivery_status_filter = regexp:$dir/filter
sink
    RCPT /nobody/: 550 5.1.1 unknown
file filter
    /^5(\.1\.1 .*)/ 4$1
    /^2\.0\.0 (.*)/ 5.0.0 $1
message alice@example.test nobody@away.test
log: to=<nobody@away.test>, .*dsn=4.1.1, status=deferred \(host 127.0.0.1\[127.0.0.1\] said: 550 5.1.1 unknown
message alice@example.test somebody@away.test
log: to=<somebody@away.test>, .*dsn=2.0.0, status=sent
