# networks of clients
need SMTPD
file nets
    127.0.0.0/30  REJECT near
    127.0.0.8/29  DUNNO
conf smtpd_client_restrictions = check_client_access cidr:$dir/nets
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <localhost[127.0.0.1]>: Client host rejected: near
open from 127.0.0.9
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
