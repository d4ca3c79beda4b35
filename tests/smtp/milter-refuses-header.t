# A refusal of the content: header: reject
milter
    header: reject
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
C: Subject: hello
C:
C: body
C: .
S= 550 5.7.1 Command rejected
log: milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: 5.7.1 Command rejected
queue empty
