# the name of a client must lead back to its address
need SMTPD
conf smtpd_error_sleep_time = 0
dns
    2.0.0.127.in-addr.arpa  PTR good.client.test
    good.client.test        A   127.0.0.2
    3.0.0.127.in-addr.arpa  PTR liar.client.test
    liar.client.test        A   127.0.0.99
    4.0.0.127.in-addr.arpa  PTR broken.client.test
    broken.client.test      SERVFAIL
    5.0.0.127.in-addr.arpa  SERVFAIL
    6.0.0.127.in-addr.arpa  PTR 127.0.0.6
    7.0.0.127.in-addr.arpa  PTR nosuch.client.test
    8.0.0.127.in-addr.arpa  PTR bad_name.client.test
    bad_name.client.test    A   127.0.0.8
open from 127.0.0.2
close
log: connect from good\.client\.test\[127\.0\.0\.2\]
open from 127.0.0.3
close
log: warning: hostname liar\.client\.test does not resolve to address 127\.0\.0\.3
log: connect from unknown\[127\.0\.0\.3\]
open from 127.0.0.4
close
log: connect from unknown\[127\.0\.0\.4\]
open from 127.0.0.5
close
log: connect from unknown\[127\.0\.0\.5\]
open from 127.0.0.6
close
log: connect from unknown\[127\.0\.0\.6\]
open from 127.0.0.7
close
log: connect from unknown\[127\.0\.0\.7\]
open from 127.0.0.8
close
log: connect from bad_name\.client\.test\[127\.0\.0\.8\]
