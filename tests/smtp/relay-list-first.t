# the relay list speaks first
need SMTPD
conf smtpd_relay_before_recipient_restrictions = yes
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = reject_unauth_destination
conf smtpd_recipient_restrictions = check_recipient_access inline:{{far@away.test=REJECT from the recipient list}}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 554 5.7.1 <far@away.test>: Relay access denied
