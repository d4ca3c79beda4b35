# relay_domains and their recipients
need SMTPD
conf mynetworks = 192.0.2.0/24
conf relay_domains = relay.test
conf relay_recipient_maps = inline:{known@relay.test=x}
conf parent_domain_matches_subdomains =
conf unknown_relay_recipient_reject_code = 551
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<known@relay.test>
S= 250 2.1.5 Ok
C: RCPT TO:<unknown@relay.test>
S= 551 5.1.1 <unknown@relay.test>: Recipient address rejected: User unknown in relay recipient table
C: RCPT TO:<known@sub.relay.test>
S= 454 4.7.1 <known@sub.relay.test>: Relay access denied
C: RCPT TO:<known%away.test@relay.test>
S= 454 4.7.1 <known%away.test@relay.test>: Relay access denied
C: RCPT TO:<known@RELAY.TEST>
S= 250 2.1.5 Ok
