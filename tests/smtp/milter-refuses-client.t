# A client that a filter refuses at connect hears so from MAIL and the like on
milter
    connect: reject
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
open
S= 554 mail.example.test ESMTP not accepting connections
C: EHLO client.test
S= 250-mail.example.test
S= 250 ENHANCEDSTATUSCODES
C: NOOP
S= 250 2.0.0 Ok
C: VRFY alice@example.test
S= 550 5.7.1 Command rejected
C: FOO
S= 550 5.7.1 Command rejected
C: MAIL FROM:<a@client.test>
S= 550 5.7.1 Command rejected
C: RCPT TO:<alice@example.test>
S= 503 5.5.1 Error: need MAIL command
C: QUIT
R: 221
log: NOQUEUE: milter-reject: CONNECT from localhost\[127.0.0.1\]: 550 5.7.1 Command rejected; proto=SMTP$
log: NOQUEUE: milter-reject: EHLO from localhost\[127.0.0.1\]: 550 5.7.1 Command rejected; proto=SMTP helo=<client.test>$
log: NOQUEUE: milter-reject: MAIL from localhost\[127.0.0.1\]: 550 5.7.1 Command rejected; from=<a@client.test> proto=ESMTP helo=<client.test>$
nomilter: ^(helo|mail)
