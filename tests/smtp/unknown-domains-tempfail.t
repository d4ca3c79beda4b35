# *_tempfail_action = defer
need SMTPD
conf unknown_address_tempfail_action = defer
conf unknown_helo_hostname_tempfail_action = defer
conf smtpd_sender_restrictions = reject_unknown_sender_domain
conf smtpd_helo_restrictions = reject_unknown_helo_hostname
conf smtpd_recipient_restrictions = reject
dns
    broken.test  SERVFAIL
    client.test  A 127.0.0.2
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@broken.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.1.8 <a@broken.test>: Sender address rejected: Domain not found
C: HELO broken.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.7.1 <broken.test>: Helo command rejected: Host not found
