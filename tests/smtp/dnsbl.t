# reject_rbl_client, reject_rhsbl_* and their texts
need SMTPD
conf maps_rbl_reject_code = 551
conf smtpd_client_restrictions = reject_rbl_client one.bl.test, reject_rbl_client two.bl.test=127.0.0.4, reject_rbl_client 3.bl.test=127.0.0.[2;4..8]
conf smtpd_helo_restrictions = reject_rhsbl_helo dbl.test
conf smtpd_sender_restrictions = reject_rhsbl_sender dbl.test
conf smtpd_recipient_restrictions = reject_rhsbl_recipient dbl.test, reject_rhsbl_client dbl.test
dns
    2.0.0.127.one.bl.test  A   127.0.0.2
    2.0.0.127.one.bl.test  TXT listed, see example
    3.0.0.127.two.bl.test  A   127.0.0.3
    4.0.0.127.two.bl.test  A   127.0.0.4
    5.0.0.127.3.bl.test    A   127.0.0.7
    6.0.0.127.one.bl.test  SERVFAIL
    bad.test.dbl.test      A   127.0.0.2
    bad.test.dbl.test      TXT a bad domain
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 Service unavailable; Client host [127.0.0.2] blocked using one.bl.test; listed, see example
log: NOQUEUE: reject: RCPT from unknown\[127\.0\.0\.2\]: 551 5\.7\.1 Service unavailable; Client host \[127\.0\.0\.2\] blocked using one\.bl\.test; listed, see example; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
open from 127.0.0.3
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
open from 127.0.0.4
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 Service unavailable; Client host [127.0.0.4] blocked using two.bl.test
open from 127.0.0.5
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 Service unavailable; Client host [127.0.0.5] blocked using 3.bl.test
open from 127.0.0.6
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
open
S= 220 mail.example.test ESMTP Postfix
C: HELO bad.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 Service unavailable; Helo command [bad.test] blocked using dbl.test; a bad domain
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@bad.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 Service unavailable; Sender address [a@bad.test] blocked using dbl.test; a bad domain
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<x@bad.test>
S= 551 5.7.1 Service unavailable; Recipient address [x@bad.test] blocked using dbl.test; a bad domain
