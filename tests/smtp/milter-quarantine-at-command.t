# Quarantine and discard at a command: the session goes on as if nothing had happened
milter
    data: quarantine q ; continue
    rcpt /carol/: discard
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
log: \w+: milter-hold: DATA from localhost\[127.0.0.1\]: milter triggers HOLD action; from=<a@client.test> to=<alice@example.test> proto
queue hold 1
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<carol@example.test>
R: 250
C: RCPT TO:<nobody@example.test>
R: 550
C: DATA
R: 354
C: x
C: .
R: 250
log: NOQUEUE: milter-discard: RCPT from localhost\[127.0.0.1\]: milter triggers DISCARD action; from=<a@client.test> to=<carol@example.test>
queue all 1
