# smtpd_peername_lookup = no
need SMTPD
conf smtpd_peername_lookup = no
dns
    2.0.0.127.in-addr.arpa  PTR good.client.test
    good.client.test        A   127.0.0.2
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
log: connect from unknown\[127\.0\.0\.2\]
