# the default list: mynetworks may, others are told to come later
need SMTPD
conf mynetworks = 127.0.0.1
conf smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 250 2.1.5 Ok
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 454 4.7.1 <far@away.test>: Relay access denied
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
