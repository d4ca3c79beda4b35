# sendmail -bv: a report, and the server never gets DATA
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
sink
    RCPT /bad/: 550 5.1.1 no such user
run sendmail -bv -f alice@example.test good@away.test bad@away.test
log: to=<good@away.test>, .*dsn=2.1.5, status=deliverable \(250 2.1.5 Ok\)
log: to=<bad@away.test>, .*dsn=5.1.1, status=undeliverable \(host 127.0.0.1\[127.0.0.1\] said: 550 5.1.1 no such user \(in reply to RCPT TO command\)\)
nosink: ^DATA
