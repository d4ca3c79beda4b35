# A filter must not refuse one recipient of mail from the command line: the mail is kept by who sent it
need MILTER
milter
    rcpt: reject
conf non_smtpd_milters = $milter
conf milter_default_action = tempfail
run sendmail -f a@client.test alice@example.test; true
    Subject: local
log: milter-reject: RCPT from localhost\[127.0.0.1\]: 5.7.1 Command rejected; from=<a@client.test>
log: warning: \w+: milter configuration error: can't reject recipient in non-smtpd\(8\) submission
log: warning: \w+: message not accepted, try again later
maildir alice 0
