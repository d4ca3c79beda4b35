# parameters of MAIL: SIZE BODY RET ENVID SMTPUTF8 AUTH, and what is wrong with them
need SMTPD
conf smtpd_hard_error_limit = 100
conf smtpd_error_sleep_time = 0
conf message_size_limit = 100000
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@b.test> SIZE=
S= 501 5.5.4 Bad message size syntax
C: MAIL FROM:<a@b.test> SIZE=x
S= 501 5.5.4 Bad message size syntax
C: MAIL FROM:<a@b.test> SIZE=-1
S= 501 5.5.4 Bad message size syntax
C: MAIL FROM:<a@b.test> SIZE=100001
S= 552 5.3.4 Message size exceeds fixed limit
C: MAIL FROM:<a@b.test> SIZE
S= 555 5.5.4 Unsupported option: SIZE
C: MAIL FROM:<a@b.test> BODY=9BIT
S= 555 5.5.4 Unsupported option: BODY=9BIT
C: MAIL FROM:<a@b.test> BODY=
S= 555 5.5.4 Unsupported option: BODY=
C: MAIL FROM:<a@b.test> BODY
S= 555 5.5.4 Unsupported option: BODY
C: MAIL FROM:<a@b.test> BODY=BINARYMIME
S= 555 5.5.4 Unsupported option: BODY=BINARYMIME
C: MAIL FROM:<a@b.test> RET=ALL
S= 501 5.5.4 Bad RET parameter syntax
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test> RET=SOME
S= 501 5.5.4 Bad RET parameter syntax
C: MAIL FROM:<a@b.test> RET=HDRS RET=FULL
S= 501 5.5.4 Bad RET parameter syntax
C: MAIL FROM:<a@b.test> RET=FULL
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test> ENVID=
S= 501 5.5.4 Bad ENVID parameter syntax
C: MAIL FROM:<a@b.test> ENVID=a+ZZ
S= 501 5.5.4 Bad ENVID parameter syntax
C: MAIL FROM:<a@b.test> ENVID=a+3Db ENVID=c
S= 501 5.5.4 Bad ENVID parameter syntax
C: MAIL FROM:<a@b.test> AUTH=<>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test> AUTH=x@y.test
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test> FOO=BAR
S= 555 5.5.4 Unsupported option: FOO=BAR
C: MAIL FROM:<a@b.test> FOO
S= 555 5.5.4 Unsupported option: FOO
C: MAIL FROM:<a@b.test> XVERP
S= 555 5.5.4 Unsupported option: XVERP
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test> =x
S= 555 5.5.4 Unsupported option: =x
C: MAIL FROM:<a@b.test> XVERP=ab
S= 555 5.5.4 Unsupported option: XVERP=ab
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@b.test> XVERP=abc
S= 555 5.5.4 Unsupported option: XVERP=abc
C: MAIL FROM:<> XVERP
S= 555 5.5.4 Unsupported option: XVERP
C: MAIL FROM:<a@b.test> SMTPUTF8=x
S= 555 5.5.4 Unsupported option: SMTPUTF8=x
C: MAIL FROM:<a@b.test> REQUIRETLS
S= 555 5.5.4 Unsupported option: REQUIRETLS
C: MAIL FROM:<a@b.test> size=100000 body=8bitmime ret=hdrs envid=q+2B1 smtputf8
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
