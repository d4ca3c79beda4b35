# warn_if_reject only logs, for one restriction
need SMTPD
conf smtpd_sender_restrictions = warn_if_reject check_sender_access inline:{{a@client.test=REJECT one},{b@client.test=DEFER_IF_PERMIT two}}, warn_if_reject reject_non_fqdn_sender
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: reject_warning: RCPT from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <a@client\.test>: Sender address rejected: one; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<b@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: reject_warning: RCPT from localhost\[127\.0\.0\.1\]: 450 4\.7\.1 <b@client\.test>: Sender address rejected: two; from=<b@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<c@client>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: reject_warning: RCPT from localhost\[127\.0\.0\.1\]: 504 5\.5\.2 <c@client>: Sender address rejected: need fully-qualified address; from=<c@client> to=<alice@example\.test> proto=SMTP helo=<client\.test>
