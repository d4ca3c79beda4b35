# check_*_mx_access, ns and a: tables of the hosts behind a name
need SMTPD
conf smtpd_sender_restrictions = check_sender_mx_access inline:{{mail.mx.test=REJECT mx},{127.0.0.77=REJECT mx addr}}, check_sender_ns_access inline:{{ns.ns.test=REJECT ns}}, check_sender_a_access inline:{{127.0.0.88=REJECT a},{127.0.0.89=OK}}
conf smtpd_helo_restrictions = check_helo_mx_access inline:{{mail.mx.test=REJECT helo mx}}
dns
    mx.test       MX 10 mail.mx.test
    mail.mx.test  A  127.0.0.70
    mx2.test      MX 10 m.mx2.test
    m.mx2.test    A  127.0.0.77
    ns.test       NS ns.ns.test
    ns.test       A  127.0.0.71
    ns.ns.test    A  127.0.0.72
    a.test        A  127.0.0.88
    ok.test       A  127.0.0.89
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@mx.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <a@mx.test>: Sender address rejected: mx
log: NOQUEUE: reject: RCPT from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <a@mx\.test>: Sender address rejected: mx; from=<a@mx\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@mx2.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <a@mx2.test>: Sender address rejected: mx addr
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@ns.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <a@ns.test>: Sender address rejected: ns
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@sub.ns.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <a@sub.ns.test>: Sender address rejected: ns
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@a.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <a@a.test>: Sender address rejected: a
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@ok.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 451 4.3.5 Server configuration error
log: warning: restriction check_sender_a_access returns OK for a@ok\.test
log: warning: use DUNNO instead of OK if you want to make an exception
C: HELO mx.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <mx.test>: Helo command rejected: helo mx
