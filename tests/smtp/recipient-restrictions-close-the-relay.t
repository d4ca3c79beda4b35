# reject_unauth_destination in the recipient list is enough
need SMTPD
conf smtpd_relay_restrictions =
conf smtpd_recipient_restrictions = check_sender_access inline:{a@client.test=OK}, reject_unauth_destination
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 250 2.1.5 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<b@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 554 5.7.1 <far@away.test>: Relay access denied
