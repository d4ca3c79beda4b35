# parent_domain_matches_subdomains makes subdomains of relay_domains ours; allow_untrusted_routing trusts routes
need SMTPD
conf mynetworks = 192.0.2.0/24
conf relay_domains = relay.test
conf parent_domain_matches_subdomains = relay_domains
conf allow_untrusted_routing = yes
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<x@sub.relay.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x%relay.test@mail.example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x%away.test@relay.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x@notrelay.test>
S= 454 4.7.1 <x@notrelay.test>: Relay access denied
