# reject_tempfail_action is the default of both
need SMTPD
conf reject_tempfail_action = defer
conf smtpd_sender_restrictions = reject_unknown_sender_domain
conf smtpd_recipient_restrictions = reject
dns
    broken.test  SERVFAIL
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@broken.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.1.8 <a@broken.test>: Sender address rejected: Domain not found
