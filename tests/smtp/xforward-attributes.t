# XFORWARD: every attribute with good and bad values; they are forgotten with the transaction
need SMTPD
conf smtpd_authorized_xforward_hosts = 127.0.0.0/8
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8
conf inet_protocols = all
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_junk_command_limit = 10000
try
    XFORWARD NAME=early.test ADDR=192.0.2.9
    EHLO client.test
    XFORWARD NAME=orig.test ADDR=192.0.2.9 HELO=orighelo PROTO=ESMTP IDENT=ABC PORT=99 SOURCE=LOCAL
    MAIL FROM:<a1@client.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: one

    x
    .
    MAIL FROM:<a2@client.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: two

    x
    .
    XFORWARD NAME=orig.test
    MAIL FROM:<a3@client.test>
    RCPT TO:<alice@example.test>
    RSET
    MAIL FROM:<a4@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XFORWARD NAME=orig.test
    RSET
    MAIL FROM:<a5@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XFORWARD NAME=orig.test
    EHLO again.test
    MAIL FROM:<a6@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XFORWARD NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE] PROTO=[UNAVAILABLE] IDENT=[UNAVAILABLE] PORT=[UNAVAILABLE] SOURCE=[UNAVAILABLE]
    XFORWARD NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE] PROTO=[UNAVAILABLE] IDENT=[UNAVAILABLE] PORT=[UNAVAILABLE]
    MAIL FROM:<a7@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XFORWARD NAME=[TEMPUNAVAIL]
    XFORWARD NAME=bad..name
    XFORWARD NAME=-bad
    XFORWARD ADDR=bad
    XFORWARD ADDR=IPv6:::1
    XFORWARD ADDR=IPV6:2001:db8::1
    XFORWARD PORT=bad
    XFORWARD PORT=0
    XFORWARD PROTO=FOO
    XFORWARD PROTO=<x>
    XFORWARD HELO=<a(b)"c\;@d>
    XFORWARD HELO=a+20b
    XFORWARD IDENT=a+20b
    XFORWARD NAME=
    XFORWARD NAME
    XFORWARD =x
    XFORWARD name=lower.test addr=192.0.2.3
    XFORWARD SOURCE=local
    XFORWARD SOURCE=foo
    XFORWARD NAME=a.test NAME=b.test
    MAIL FROM:<a8@client.test>
    RCPT TO:<alice@example.test>
    QUIT
