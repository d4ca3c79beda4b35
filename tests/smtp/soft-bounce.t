# soft_bounce turns refusals into deferrals
need SMTPD
conf soft_bounce = yes
conf smtpd_sender_restrictions = reject_non_fqdn_sender
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 404 4.5.2 <a@client>: Sender address rejected: need fully-qualified address
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 450 4.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
C: FOO
S= 400 4.5.2 Error: command not recognized
