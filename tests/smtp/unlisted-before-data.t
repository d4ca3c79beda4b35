# with smtpd_delay_open_until_valid_rcpt = no the queue id is known at once
need SMTPD
conf smtpd_delay_open_until_valid_rcpt = no
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
log: \w+: reject: RCPT from localhost\[127\.0\.0\.1\]: 550 5\.1\.1 <nobody@example\.test>: Recipient address rejected: User unknown in virtual mailbox table; from=<a@client\.test> to=<nobody@example\.test> proto=SMTP helo=<client\.test>
