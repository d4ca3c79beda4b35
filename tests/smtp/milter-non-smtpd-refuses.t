# Mail from the command line refused by a filter
need MILTER
milter
    eom: reject
    eom: quarantine x ; continue
conf non_smtpd_milters = $milter
conf milter_default_action = tempfail
run sendmail -f a@client.test alice@example.test; true
    Subject: local
log: milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: 5.7.1 Command rejected; from=<a@client.test> to=<alice@example.test>
run sendmail -f b@client.test alice@example.test
    Subject: local
log: milter-hold: END-OF-MESSAGE from localhost\[127.0.0.1\]: milter triggers HOLD action; from=<b@client.test> to=<alice@example.test>
queue hold 1
