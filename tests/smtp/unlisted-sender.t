# senders of our domains must exist
need SMTPD
conf smtpd_reject_unlisted_sender = yes
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<nobody@example.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 550 5.1.0 <nobody@example.test>: Sender address rejected: User unknown in virtual mailbox table
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<alice@example.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<x@elsewhere.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RSET
R: 2
C: MAIL FROM:<nobody@example.test>
R: 2
C: RCPT TO:<alice@example.test>
R: 5
C: RCPT TO:<alice@example.test>
R: 5
