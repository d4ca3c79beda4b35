# forms of MAIL FROM that are taken, and those that are not
need SMTPD
conf smtpd_hard_error_limit = 100
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL
S= 501 5.5.4 Syntax: MAIL FROM:<address>
C: MAIL FROM
S= 501 5.5.4 Syntax: MAIL FROM:<address>
C: MAIL FROM:
S= 501 5.5.4 Syntax: MAIL FROM:<address>
C: MAIL TO:<a@b.test>
S= 501 5.5.4 Syntax: MAIL FROM:<address>
C: MAIL FROM <a@b.test>
S= 501 5.5.4 Syntax: MAIL FROM:<address>
C: MAIL FROM:<a@b.test
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@b..test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@-b.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@[1.2.3]>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<"a"b@c.test>
S= 501 5.1.7 Bad sender address syntax
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<"a@c.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a@b.test><c@d.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a,b@c.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a;b@c.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:<a(comment)@c.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: mail from:<a@b.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM: <a@b.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:a@b.test
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:  a
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM: <>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<"a b"@c.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<"a\"b"@c.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@[1.2.3.4]>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@[IPv6:::1]>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<@x.test,@y.test:a@b.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test.>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:Some One <a@b.test>
S= 555 5.5.4 Unsupported option: One
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b_c.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@c.test> 
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL	FROM:<a@c.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:"a@c.test"
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@c.test>X
S= 501 5.1.7 Bad sender address syntax
