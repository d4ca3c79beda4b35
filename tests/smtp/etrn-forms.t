# ETRN with and without permission
need SMTPD
conf smtpd_etrn_restrictions = check_etrn_access inline:{{no.test=REJECT not this one}}
conf smtpd_error_sleep_time = 0
conf fast_flush_domains =
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: ETRN
S= 500 Syntax: ETRN domain
C: ETRN no.test
S= 554 5.7.1 <no.test>: Etrn command rejected: not this one
log: NOQUEUE: reject: ETRN from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <no\.test>: Etrn command rejected: not this one; proto=ESMTP helo=<client\.test>
C: ETRN a b
S= 500 Syntax: ETRN domain
C: ETRN -bad-
S= 501 Error: invalid parameter syntax
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: ETRN away.test
S= 503 Error: MAIL transaction in progress
