# a table that cannot answer defers mail, it never lets mail in or bounces it
need SMTPD
conf smtpd_sender_restrictions = check_sender_access fail:nothing
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 451 4.3.5 <a@client.test>: Sender address rejected: Server configuration error
log: NOQUEUE: reject: RCPT from localhost\[127\.0\.0\.1\]: 451 4\.3\.5 <a@client\.test>: Sender address rejected: Server configuration error; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
