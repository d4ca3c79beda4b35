# smtpd_reject_unlisted_recipient = no
need SMTPD
conf smtpd_reject_unlisted_recipient = no
conf smtpd_recipient_restrictions = check_recipient_access inline:{b@example.test=reject_unlisted_recipient}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody.here@mail.example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<unknown@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<b@example.test>
S= 550 5.1.1 <b@example.test>: Recipient address rejected: User unknown in virtual mailbox table
