# empty local_recipient_maps: local users are not checked
need SMTPD
conf local_recipient_maps =
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody.here@mail.example.test>
S= 250 2.1.5 Ok
