# permit_dnswl_client comes before the lists that refuse
need SMTPD
conf smtpd_client_restrictions = permit_dnswl_client wl.test, reject
dns
    2.0.0.127.wl.test  A   127.0.0.2
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
S= 554 5.7.1 <unknown[127.0.0.3]>: Client host rejected: Access denied
