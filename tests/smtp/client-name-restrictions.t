# reject_unknown_client_hostname and reject_unknown_reverse_client_hostname
need SMTPD
conf smtpd_client_restrictions = check_client_access inline:{good.client.test=DUNNO}, reject_unknown_reverse_client_hostname, reject_unknown_client_hostname
conf unknown_client_reject_code = 551
dns
    2.0.0.127.in-addr.arpa  PTR good.client.test
    good.client.test        A   127.0.0.2
    3.0.0.127.in-addr.arpa  PTR liar.client.test
    liar.client.test        A   127.0.0.99
    5.0.0.127.in-addr.arpa  SERVFAIL
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
open from 127.0.0.3
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.25 Client host rejected: cannot find your hostname, [127.0.0.3]
open from 127.0.0.5
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.7.1 Client host rejected: cannot find your reverse hostname, [127.0.0.5]
open from 127.0.0.9
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 Client host rejected: cannot find your reverse hostname, [127.0.0.9]
