# receive_override_options = no_unknown_recipient_checks
need SMTPD
conf receive_override_options = no_unknown_recipient_checks
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 250 2.1.5 Ok
