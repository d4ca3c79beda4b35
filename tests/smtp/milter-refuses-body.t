# A refusal of the content: body: reply 550 5.6.7 foo
milter
    body: reply 550 5.6.7 foo
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
S= 550 5.6.7 foo
log: milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: 5.6.7 foo
queue empty
