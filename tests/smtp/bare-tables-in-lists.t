# type:table alone is the access check of its list
need SMTPD
conf smtpd_helo_restrictions = inline:{{bad.test=REJECT helo}}
conf smtpd_sender_restrictions = inline:{{bad@client.test=REJECT sender}}
conf smtpd_recipient_restrictions = inline:{{bob@example.test=REJECT rcpt}}
conf smtpd_client_restrictions = inline:{{127.0.0.2=REJECT client}}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO bad.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <bad.test>: Helo command rejected: helo
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<bad@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <bad@client.test>: Sender address rejected: sender
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<bob@example.test>
S= 554 5.7.1 <bob@example.test>: Recipient address rejected: rcpt
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <unknown[127.0.0.2]>: Client host rejected: client
