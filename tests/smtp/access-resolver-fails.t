# check_*_mx_access and ns: a resolver that fails defers mail that the table might refuse
need SMTPD
conf smtpd_sender_restrictions = check_sender_mx_access inline:{{127.0.0.7=REJECT}}, check_sender_ns_access inline:{{127.0.0.7=REJECT}}
dns
    bad.test  SERVFAIL
session
C: MAIL FROM:<a@bad.test>
R: 250
C: RCPT TO:<alice@example.test>
R: .
