# strict_rfc821_envelopes: angle brackets must be there, nothing else
need SMTPD
conf strict_rfc821_envelopes = yes
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:a@b.test
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:Some One <a@b.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a(comment)@b.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<"a"b@c.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM: <a@b.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<@x.test:a@b.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test>
S= 250 2.1.0 Ok
C: RCPT TO:alice@example.test
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:Alice <alice@example.test>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
