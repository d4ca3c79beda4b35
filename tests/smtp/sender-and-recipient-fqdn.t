# incomplete addresses
need SMTPD
conf smtpd_sender_restrictions = reject_non_fqdn_sender
conf smtpd_recipient_restrictions = reject_non_fqdn_recipient
conf non_fqdn_reject_code = 554
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.5.2 <a>: Sender address rejected: need fully-qualified address
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.5.2 <a@b>: Sender address rejected: need fully-qualified address
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@[127.0.0.1]>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<alice>
S= 554 5.5.2 <alice>: Recipient address rejected: need fully-qualified address
C: RCPT TO:<alice@localhost>
S= 554 5.5.2 <alice@localhost>: Recipient address rejected: need fully-qualified address
C: RCPT TO:<postmaster>
S= 250 2.1.5 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
