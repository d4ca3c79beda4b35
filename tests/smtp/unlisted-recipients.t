# recipients that do not exist, by class of domain
need SMTPD
conf unknown_local_recipient_reject_code = 551
conf unknown_virtual_alias_reject_code = 552
conf unknown_virtual_mailbox_reject_code = 553
conf virtual_alias_domains = valias.test
conf virtual_alias_maps = inline:{known@valias.test=alice@example.test}
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody.here@mail.example.test>
S= 551 5.1.1 <nobody.here@mail.example.test>: Recipient address rejected: User unknown in local recipient table
C: RCPT TO:<unknown@valias.test>
S= 552 5.1.1 <unknown@valias.test>: Recipient address rejected: User unknown in virtual alias table
C: RCPT TO:<known@valias.test>
S= 250 2.1.5 Ok
C: RCPT TO:<unknown@example.test>
S= 553 5.1.1 <unknown@example.test>: Recipient address rejected: User unknown in virtual mailbox table
C: RCPT TO:<alice+ext@example.test>
S= 553 5.1.1 <alice+ext@example.test>: Recipient address rejected: User unknown in virtual mailbox table
C: RCPT TO:<root@mail.example.test>
S= 250 2.1.5 Ok
