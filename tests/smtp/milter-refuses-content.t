# Refusals of a message, at headers, body and end
milter
    eom: reject
    eom: tempfail
    eom: reply 554 5.7.9 no\n554 5.7.9 more %%d
    eom: reply 550 no status
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
S= 451 4.7.1 Service unavailable - try again later
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
S= 554-5.7.9 no
S= 554 5.7.9 more %d
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
S= 550 no status
log: cleanup\[\d+\]: \w+: milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: 5.7.1 Command rejected; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>$
log: END-OF-MESSAGE from localhost\[127.0.0.1\]: 4.7.1 Service unavailable - try again later; from
log: END-OF-MESSAGE from localhost\[127.0.0.1\]: 5.7.9 no\?\?554 5.7.9 more %d; from
log: END-OF-MESSAGE from localhost\[127.0.0.1\]: no status; from
queue empty
maildir alice 0
