# smtpd_delay_reject = no: a HELO that is refused leaves the transaction and the name before alone
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_delay_reject = no
conf smtpd_helo_restrictions = check_helo_access inline:{{bad.test=REJECT},{def.test=DEFER},{drop.test=521 go away}}
conf smtpd_sender_restrictions = check_sender_access inline:{{bad@b.test=REJECT},{x@b.test=HOLD}}
conf smtpd_etrn_restrictions = reject
try
    HELO ok.test
    MAIL FROM:<a@b.test>
    HELO bad.test
    RCPT TO:<alice@example.test>
    RSET
    MAIL FROM:<bad@b.test>
    MAIL FROM:<a@b.test>
    EHLO def.test
    RCPT TO:<alice@example.test>
    EHLO [127.0.0.1]
    MAIL FROM:<a@b.test>
    RCPT TO:<no@example.test>
    ETRN x.test
    EHLO ok.test
    ETRN x.test
    EHLO drop.test
    NOOP
