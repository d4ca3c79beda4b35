# who is not in mynetworks may not send mail elsewhere, whatever the address looks like
need SMTPD
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
conf smtpd_hard_error_limit = 100
conf smtpd_error_sleep_time = 0
conf relay_domains_reject_code = 553
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 553 5.7.1 <far@away.test>: Relay access denied
C: RCPT TO:<far%away.test@example.test>
S= 553 5.7.1 <far%away.test@example.test>: Relay access denied
C: RCPT TO:<far%away.test@mail.example.test>
S= 553 5.7.1 <far%away.test@mail.example.test>: Relay access denied
C: RCPT TO:<far%away.test@[127.0.0.1]>
S= 553 5.7.1 <far%away.test@[127.0.0.1]>: Relay access denied
C: RCPT TO:<away.test!far>
S= 553 5.7.1 <away.test!far>: Relay access denied
C: RCPT TO:<away.test!far@mail.example.test>
S= 553 5.7.1 <away.test!far@mail.example.test>: Relay access denied
C: RCPT TO:<@mail.example.test:far@away.test>
S= 553 5.7.1 <far@away.test>: Relay access denied
C: RCPT TO:<@example.test,@mail.example.test:far@away.test>
S= 553 5.7.1 <far@away.test>: Relay access denied
C: RCPT TO:<"far@away.test">
S= 553 5.7.1 <far@away.test>: Relay access denied
C: RCPT TO:<"far@away.test"@mail.example.test>
S= 553 5.7.1 <far@away.test@mail.example.test>: Relay access denied
C: RCPT TO:<"far@away.test"@[127.0.0.1]>
S= 553 5.7.1 <far@away.test@[127.0.0.1]>: Relay access denied
C: RCPT TO:<"far%away.test"@mail.example.test>
S= 553 5.7.1 <far%away.test@mail.example.test>: Relay access denied
C: RCPT TO:<"away.test!far"@mail.example.test>
S= 553 5.7.1 <away.test!far@mail.example.test>: Relay access denied
C: RCPT TO:<far@away.test@mail.example.test>
S= 553 5.7.1 <far@away.test@mail.example.test>: Relay access denied
C: RCPT TO:<far%away.test%b.test@mail.example.test>
S= 553 5.7.1 <far%away.test%b.test@mail.example.test>: Relay access denied
C: RCPT TO:<far@[192.0.2.1]>
S= 553 5.7.1 <far@[192.0.2.1]>: Relay access denied
C: RCPT TO:<far@192.0.2.1>
S= 501 5.1.3 Bad recipient address syntax
C: RCPT TO:<"@away.test:far"@mail.example.test>
S: 5
C: RCPT TO:<far%away.test>
S= 553 5.7.1 <far%away.test>: Relay access denied
C: RCPT TO:<far@away.test.>
S= 553 5.7.1 <far@away.test.>: Relay access denied
C: RCPT TO:<far@AWAY.test>
S= 553 5.7.1 <far@AWAY.test>: Relay access denied
C: RCPT TO:<@away.test>
S: 5
C: RCPT TO:<far@[IPv6:2001:db8::1]>
S= 553 5.7.1 <far@[IPv6:2001:db8::1]>: Relay access denied
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: reject: RCPT from localhost\[127\.0\.0\.1\]: 553 5\.7\.1 <far@away\.test>: Relay access denied; from=<a@client\.test> to=<far@away\.test> proto=SMTP helo=<client\.test>
log: NOQUEUE: reject: RCPT from localhost\[127\.0\.0\.1\]: 553 5\.7\.1 <far%away\.test@example\.test>: Relay access denied; from=<a@client\.test> to=<far%away\.test@example\.test> proto=SMTP helo=<client\.test>
