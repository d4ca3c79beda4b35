# what a reply at each step of the dialogue does to the mail
need SMTPD SMTP
conf transport_maps = inline:{m.test=smtp:$sink_mail, d.test=smtp:$sink_data, e.test=smtp:$sink_eom, g.test=smtp:$sink_greet, h.test=smtp:$sink_helo}
sink mail
    MAIL: 550 5.7.1 not you
sink data
    DATA: 451 4.3.0 not now
sink eom
    EOM: 554 5.7.1 spam
sink greet
    CONNECT: 554 5.3.2 go away
sink helo
    EHLO: 502 5.5.2 what
    HELO: 550 5.7.1 no

message alice@example.test x@m.test
log: to=<x@m.test>, .*dsn=5.7.1, status=bounced \(host 127.0.0.1\[127.0.0.1\] said: 550 5.7.1 not you \(in reply to MAIL FROM command\)\)
message alice@example.test x@d.test
log: to=<x@d.test>, .*dsn=4.3.0, status=deferred \(host 127.0.0.1\[127.0.0.1\] said: 451 4.3.0 not now \(in reply to DATA command\)\)
message alice@example.test x@e.test
log: to=<x@e.test>, .*dsn=5.7.1, status=bounced \(host 127.0.0.1\[127.0.0.1\] said: 554 5.7.1 spam \(in reply to end of DATA command\)\)
message alice@example.test x@g.test
log: to=<x@g.test>, .*dsn=4.3.2, status=deferred \(host 127.0.0.1\[127.0.0.1\] refused to talk to me: 554 5.3.2 go away\)
message alice@example.test x@h.test
log: to=<x@h.test>, .*dsn=5.7.1, status=bounced \(host 127.0.0.1\[127.0.0.1\] refused to talk to me: 550 5.7.1 no\)
