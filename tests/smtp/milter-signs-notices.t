# Our own notices are shown to non_smtpd_milters only when internal_mail_filter_classes says so
need MILTER SMTPD
milter
    eom: addheader X-Signed: yes ; continue
conf non_smtpd_milters = $milter
conf internal_mail_filter_classes = bounce
sink
    RCPT: 550 5.1.1 no such place
conf relayhost = $sink
message alice@example.test x@gone.test
maildir alice 1
has: ^X-Signed: yes$
milter: ^header Subject\|Undelivered Mail
