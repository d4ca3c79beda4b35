# with strict_rfc821_envelopes a path is a path; VRFY never was one
need SMTPD
conf mynetworks = 192.0.2.0/24
conf strict_rfc821_envelopes = yes
conf smtpd_helo_required = yes
open
S= 220 mail.example.test ESMTP Postfix
C: AUTH PLAIN
S= 503 5.5.1 Error: send HELO/EHLO first
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:Ann<a@client.test>
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:a@client.test
S= 501 5.1.7 Bad sender address syntax
C: MAIL FROM:< a@client.test >
S= 250 2.1.0 Ok
C: RCPT TO:<bob@b.test>(Bob)
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<"@away.test:bob"@example.test>
S= 501 5.1.3 Bad recipient address syntax
C: VRFY Alice<alice@example.test>
S= 252 2.0.0 Alice<alice@example.test>
