# A refusal of the content: eom: reply 421 4.3.0 bye
milter
    eom: reply 421 4.3.0 bye
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
S= 421 4.3.0 bye
eof
log: milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: 4.3.0 bye
queue empty
