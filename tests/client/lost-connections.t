# a server that hangs up: mail waits, and the log says during what
twin lmtp
need SMTPD SMTP
conf smtp_data_done_timeout = 1s
conf transport_maps = inline:{c.test=smtp:$sink_c, m.test=smtp:$sink_m, e.test=smtp:$sink_e, t.test=smtp:$sink_t}
sink c
    drop CONNECT
sink m
    drop MAIL
sink e
    drop EOM
sink t
    delay EOM 3

message alice@example.test x@c.test
log: to=<x@c.test>, .*dsn=4.4.2, status=deferred \(lost connection with 127.0.0.1\[127.0.0.1\] while receiving the initial server greeting\)
message alice@example.test x@m.test
log: to=<x@m.test>, .*dsn=4.4.2, status=deferred \(lost connection with 127.0.0.1\[127.0.0.1\] while sending (MAIL FROM|RCPT TO)\)
message alice@example.test x@e.test
log: to=<x@e.test>, .*dsn=4.4.2, status=deferred \(lost connection with 127.0.0.1\[127.0.0.1\] while sending end of data -- message may be sent more than once\)
message alice@example.test x@t.test
log: to=<x@t.test>, .*dsn=4.4.2, status=deferred \(conversation with 127.0.0.1\[127.0.0.1\] timed out while sending end of data -- message may be sent more than once\)
queue deferred 4
