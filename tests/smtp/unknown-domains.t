# reject_unknown_sender_domain, recipient_domain and helo_hostname
need SMTPD
conf smtpd_sender_restrictions = reject_unknown_sender_domain
conf smtpd_recipient_restrictions = reject_unknown_recipient_domain
conf smtpd_helo_restrictions = reject_unknown_helo_hostname
conf unknown_address_reject_code = 550
conf unknown_hostname_reject_code = 551
conf smtpd_error_sleep_time = 0
conf smtpd_hard_error_limit = 100
dns
    client.test  A  127.0.0.2
    mx.test      MX 10 mail.mx.test
    null.test    MX 0 .
    broken.test  SERVFAIL
    six.test     AAAA ::1
    empty.test   NODATA
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x@mx.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x@null.test>
S= 556 5.1.10 <x@null.test>: Recipient address rejected: Domain null.test does not accept mail (nullMX)
C: RCPT TO:<x@broken.test>
S= 450 4.1.2 <x@broken.test>: Recipient address rejected: Domain not found
C: RCPT TO:<x@gone.test>
S= 550 5.1.2 <x@gone.test>: Recipient address rejected: Domain not found
C: RCPT TO:<x@six.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x@empty.test>
S= 550 5.1.2 <x@empty.test>: Recipient address rejected: Domain not found
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@gone.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 550 5.1.8 <a@gone.test>: Sender address rejected: Domain not found
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@null.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 550 5.7.27 <a@null.test>: Sender address rejected: Domain null.test does not accept mail (nullMX)
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@broken.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.1.8 <a@broken.test>: Sender address rejected: Domain not found
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<nobody@example.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@[127.0.0.1]>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: HELO gone.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 <gone.test>: Helo command rejected: Host not found
C: HELO broken.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.7.1 <broken.test>: Helo command rejected: Host not found
C: HELO mx.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: HELO [127.0.0.1]
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
