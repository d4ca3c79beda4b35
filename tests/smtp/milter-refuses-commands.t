# MAIL, RCPT, DATA, BDAT and unknown commands refused by a filter
milter
    unknown: reply 551 5.6.7 foo
    mail /<b@/: reject
    rcpt /carol/: tempfail
    rcpt /bob/: reply 550 5.7.2 not bob\n550 5.7.2 never
    data: reply 552 5.5.9 no data
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: FOO
S= 551 5.6.7 foo
C: MAIL FROM:<b@client.test>
S= 550 5.7.1 Command rejected
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<carol@example.test>
S= 451 4.7.1 Service unavailable - try again later
C: RCPT TO:<bob@example.test>
S= 550-5.7.2 not bob
S= 550 5.7.2 never
C: DATA
S= 554 5.5.1 Error: no valid recipients
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 552 5.5.9 no data
C: BDAT 3 LAST
raw "a\r\n"
S= 552 5.5.9 no data
log: NOQUEUE: milter-reject: RCPT from localhost\[127.0.0.1\]: 451 4.7.1 Service unavailable - try again later; from=<a@client.test> to=<carol@example.test> proto=ESMTP helo=<client.test>$
log: milter-reject: DATA from localhost\[127.0.0.1\]: 552 5.5.9 no data; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>$
milter= abort
