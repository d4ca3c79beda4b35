# no address syntax makes us relay for strangers: routes, %, !, quotes, doubled @, literals, dots
need SMTPD
conf smtpd_hard_error_limit = 100
conf smtpd_soft_error_limit = 100
conf mynetworks = 192.0.2.0/24
conf inet_interfaces = 127.0.0.1
conf relay_domains = relay.test
session
C: MAIL FROM:<x@client.test>
S: 250
C: RCPT TO:<user@away.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user%away.test@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user%away.test@[127.0.0.1]>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user%away.test@relay.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<away.test!user@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<away.test!user@relay.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<away.test!user>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user%away.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<@mail.example.test:user@away.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<@relay.test:user@away.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user@away.test@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user@away.test@relay.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<"user@away.test"@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<"user@away.test"@relay.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<"user@away.test">
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<"user%away.test"@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<"away.test!user"@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user@[198.51.100.7]>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user%[198.51.100.7]@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user@away.test.>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<a%b%away.test@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user@mail.example.test%away.test@mail.example.test>
S: 501 5.1.3
C: RCPT TO:<user%away.test@mail.example.test@mail.example.test>
S: 454 4.7.1 .*Relay access denied
C: RCPT TO:<user@relay.test>
S: 250
