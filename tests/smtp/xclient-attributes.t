# XCLIENT: every attribute with good and bad values
need SMTPD
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8, 192.0.2.0/24, [2001:db8::]/32
conf inet_protocols = all
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_junk_command_limit = 10000
try
    XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.1
    EHLO client.test
    MAIL FROM:<a1@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT NAME=[TEMPUNAVAIL] ADDR=192.0.2.2
    EHLO client.test
    MAIL FROM:<a2@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT REVERSE_NAME=[TEMPUNAVAIL] ADDR=192.0.2.3 PORT=[UNAVAILABLE]
    EHLO client.test
    MAIL FROM:<a3@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=IPV6:2001:db8::1
    EHLO client.test
    MAIL FROM:<a4@client.test>
    RCPT TO:<u@away.test>
    RSET
    EHLO client.test
    MAIL FROM:<a5@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=IPv6:2001:db8::3
    EHLO client.test
    MAIL FROM:<a5@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=192.0.2.7 LOGIN=user+2Bx@y.test HELO=helo.test PROTO=ESMTP
    MAIL FROM:<a6@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT LOGIN=[UNAVAILABLE]
    EHLO client.test
    MAIL FROM:<a7@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT HELO=[UNAVAILABLE]
    MAIL FROM:<a8@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT HELO=<a(b)"c\;@d>
    MAIL FROM:<a9@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT HELO=a+20b
    XCLIENT PROTO=[UNAVAILABLE]
    MAIL FROM:<a10@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT PROTO=LMTP
    XCLIENT PROTO=smtp
    XCLIENT PROTO=esmtp
    MAIL FROM:<a11@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT NAME=bad..name
    XCLIENT REVERSE_NAME=bad..name
    XCLIENT PORT=bad
    XCLIENT PORT=-1
    XCLIENT DESTADDR=bad
    XCLIENT DESTPORT=bad
    XCLIENT DESTADDR=[UNAVAILABLE] DESTPORT=[UNAVAILABLE]
    XCLIENT DESTADDR=192.0.2.77 DESTPORT=26
    XCLIENT NAME=
    XCLIENT NAME
    XCLIENT =x
    XCLIENT name=lower.test addr=192.0.2.8
    XCLIENT NAME=a.test ADDR=bad
    XCLIENT NAME=a.test NAME=b.test
    MAIL FROM:<a12@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=[UNAVAILABLE]
    MAIL FROM:<a13@client.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=[TEMPUNAVAIL]
    XCLIENT ADDR=198.51.100.1
    XCLIENT ADDR=198.51.100.2
    MAIL FROM:<a14@client.test>
    RCPT TO:<u@away.test>
    QUIT
