# LMTP: one reply per recipient after the content
need SMTPD LMTP
conf transport_maps = inline:{away.test=lmtp:inet:$sink}
sink
    lmtp
    EOM: 250 2.0.0 one
    EOM: 550 5.7.1 not this one
    EOM: 452 4.2.2 full
message alice@example.test a@away.test b@away.test c@away.test
sink: ^LHLO mail.example.test
log: to=<a@away.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, .*dsn=2.0.0, status=sent \(250 2.0.0 one\)
log: to=<b@away.test>, .*dsn=5.7.1, status=bounced \(host 127.0.0.1\[127.0.0.1\] said: 550 5.7.1 not this one \(in reply to end of DATA command\)\)
log: to=<c@away.test>, .*dsn=4.2.2, status=deferred
