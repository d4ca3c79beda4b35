# HOLD: the message waits in the hold queue
need SMTPD
conf smtpd_sender_restrictions = check_sender_access inline:{{a@client.test=HOLD for a look}}
message a@client.test alice@example.test
queue hold 1
maildir alice 0
log: NOQUEUE: hold: RCPT from localhost\[127\.0\.0\.1\]: <a@client\.test>: Sender address for a look; from=<a@client\.test> to=<alice@example\.test> proto=ESMTP helo=<client\.test>
