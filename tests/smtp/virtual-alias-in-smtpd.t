# addresses that virtual_alias_maps or canonical maps know are accepted
need SMTPD
conf virtual_alias_maps = inline:{sales@example.test=alice@example.test, abuse=bob@example.test}
conf recipient_canonical_maps = inline:{old@example.test=carol@example.test}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<sales@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<abuse@mail.example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<old@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<sale@example.test>
S= 550 5.1.1 <sale@example.test>: Recipient address rejected: User unknown in virtual mailbox table
