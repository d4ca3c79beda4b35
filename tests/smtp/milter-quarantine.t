# Quarantine: the message waits in the hold queue; discard: it is accepted and gone
milter
    eom: quarantine because ; continue
    eom: discard
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
log: cleanup\[\d+\]: \w+: milter-hold: END-OF-MESSAGE from localhost\[127.0.0.1\]: milter triggers HOLD action; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>$
queue hold 1
message b@client.test alice@example.test
log: milter-discard: END-OF-MESSAGE from localhost\[127.0.0.1\]: milter triggers DISCARD action; from=<b@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>$
queue all 1
maildir alice 0
