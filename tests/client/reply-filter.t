# smtp_reply_filter replaces what a server says before it is looked at
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_reply_filter = regexp:$dir/filter
sink
    RCPT: 450 4.7.9 greylisted
file filter
    /^450 (4\.7\.9 greylisted.*)/ 550 5.7.9 gave up: $1
message alice@example.test a@away.test
log: to=<a@away.test>, .*dsn=5.7.9, status=bounced \(host 127.0.0.1\[127.0.0.1\] said: 550 5.7.9 gave up: 4.7.9 greylisted
