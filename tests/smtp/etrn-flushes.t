# ETRN has deferred mail for one of fast_flush_domains tried again, and nobody else's
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf fast_flush_domains = slow.test
conf authorized_flush_users = root
conf transport_maps = inline:{ { slow.test = retry:4.4.1 slow }, { other.test = retry:4.4.1 other } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
run sendmail -f alice@example.test x@other.test
    Subject: two

    body
queue deferred 2
try
    ETRN slow.test
    HELO client.test
    ETRN slow.test
    ETRN @slow.test
    ETRN #slow.test
    ETRN SLOW.test
    ETRN sub.slow.test
    ETRN other.test
    ETRN [1.2.3.4]
    ETRN 1.2.3.4
    ETRN slow.test.
    ETRN <slow.test>
    ETRN a..b
    ETRN a b
    ETRN @
    ETRN #
    ETRN "a"
    ETRN -x
    ETRN x_y
    QUIT
wait log (?s)(to=<x@slow.test>.*){2}
