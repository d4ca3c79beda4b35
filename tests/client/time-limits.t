# each phase has its own time limit
twin lmtp
need SMTPD SMTP
conf smtp_helo_timeout = 1s
conf smtp_mail_timeout = 1s
conf smtp_rcpt_timeout = 1s
conf smtp_data_init_timeout = 1s
conf smtp_tls_security_level = none
conf smtp_discard_ehlo_keywords = pipelining, silent-discard
conf transport_maps = inline:{g.test=smtp:$sink_g, m.test=smtp:$sink_m, r.test=smtp:$sink_r, d.test=smtp:$sink_d}
sink g
    delay CONNECT 3
sink m
    delay MAIL 3
sink r
    delay RCPT 3
sink d
    delay DATA 3
message alice@example.test x@g.test
log: to=<x@g.test>, .*dsn=4.4.2, status=deferred \(conversation with 127.0.0.1\[127.0.0.1\] timed out while receiving the initial server greeting\)
message alice@example.test x@m.test
log: to=<x@m.test>, .*status=deferred \(conversation with 127.0.0.1\[127.0.0.1\] timed out while sending MAIL FROM\)
message alice@example.test x@r.test
log: to=<x@r.test>, .*status=deferred \(conversation with 127.0.0.1\[127.0.0.1\] timed out while sending RCPT TO\)
message alice@example.test x@d.test
log: to=<x@d.test>, .*status=deferred \(conversation with 127.0.0.1\[127.0.0.1\] timed out while sending DATA command\)
nolog: discarding EHLO keywords
