# reject_plaintext_session, sleep
need SMTPD
conf plaintext_reject_code = 451
conf smtpd_sender_restrictions = sleep 1, reject_plaintext_session
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 451 4.7.1 Session encryption is required
