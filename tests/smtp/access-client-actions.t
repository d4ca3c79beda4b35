# what a client table may say, by address and network
need SMTPD
conf smtpd_client_restrictions = check_client_access inline:{{127.0.0.1=OK},{127.0.0.2=REJECT not you},{127.0.0.3=450 4.3.2 later},{127.0=DEFER_IF_PERMIT 4.7.9 maybe},{127.0.1=REJECT}}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <unknown[127.0.0.2]>: Client host rejected: not you
log: NOQUEUE: reject: RCPT from unknown\[127\.0\.0\.2\]: 554 5\.7\.1 <unknown\[127\.0\.0\.2\]>: Client host rejected: not you; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
open from 127.0.0.3
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.3.2 <unknown[127.0.0.3]>: Client host rejected: later
open from 127.0.0.4
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.7.9 <unknown[127.0.0.4]>: Client host rejected: maybe
open from 127.0.1.1
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <unknown[127.0.1.1]>: Client host rejected: Access denied
C: RCPT TO:<postmaster>
S= 250 2.1.5 Ok
