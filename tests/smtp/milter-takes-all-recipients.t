# A filter that deletes every recipient makes the message vanish
need postlet
milter
    eom: delrcpt <alice@example.test> ; continue
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
log: \w+: removed
queue empty
maildir alice 0
