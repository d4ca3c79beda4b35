# HELO refused by a filter: EHLO succeeds with nothing to offer, MAIL does not
milter
    helo: reply 551 5.6.7 foo
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
S= 250-mail.example.test
S= 250 ENHANCEDSTATUSCODES
C: MAIL FROM:<a@client.test>
S= 551 5.6.7 foo
log: NOQUEUE: milter-reject: EHLO from localhost\[127.0.0.1\]: 551 5.6.7 foo; proto=SMTP helo=<client.test>$
