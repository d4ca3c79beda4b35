# A filter that wants the session to end: the message is not accepted. (Postfix says "queued" and drops it.)
need postlet
milter
    eom: shutdown
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
C: .
S= 421 4.7.0 Server closing connection
eof
queue empty
