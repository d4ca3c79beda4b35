# smtpd_log_access_permit_actions
need SMTPD
conf smtpd_log_access_permit_actions = static:all
conf smtpd_recipient_restrictions = check_recipient_access inline:{alice@example.test=OK}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: permit: RCPT from localhost\[127\.0\.0\.1\]: action=permit_mynetworks for Client host=localhost\[127\.0\.0\.1\] ; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
log: NOQUEUE: permit: RCPT from localhost\[127\.0\.0\.1\]: action=OK for Recipient address=alice@example\.test from inline:\{alice@example\.test=OK\}; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
