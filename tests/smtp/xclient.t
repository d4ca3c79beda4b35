# XCLIENT: who may, and what it changes
need SMTPD
conf smtpd_authorized_xclient_hosts = 127.0.0.1
conf smtpd_client_restrictions = check_client_access inline:{{192.0.2.9=REJECT that one},{spam.test=REJECT by name}}
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.XCLIENT NAME ADDR
C: XCLIENT
S= 501 5.5.4 Syntax: XCLIENT attribute=value...
C: XCLIENT FOO=BAR
S= 501 5.5.4 Bad XCLIENT attribute name: FOO
C: XCLIENT ADDR=xyz
S= 501 5.5.4 Bad ADDR syntax: xyz
C: XCLIENT ADDR=192.0.2.9 NAME=host.test
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: XCLIENT ADDR=192.0.2.10
S= 503 5.5.1 Error: MAIL transaction in progress
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <host.test[192.0.2.9]>: Client host rejected: that one
log: NOQUEUE: reject: RCPT from host\.test\[192\.0\.2\.9\]: 554 5\.7\.1 <host\.test\[192\.0\.2\.9\]>: Client host rejected: that one; from=<a@client\.test> to=<alice@example\.test> proto=ESMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: XCLIENT ADDR=192.0.2.10
S= 550 5.7.0 Error: insufficient authorization
open
S: 220
C: XCLIENT ADDR=192.0.2.10 NAME=spam.test HELO=other.test PROTO=SMTP PORT=99
S= 220 mail.example.test ESMTP Postfix
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <spam.test[192.0.2.10]>: Client host rejected: by name
log: NOQUEUE: reject: RCPT from spam\.test\[192\.0\.2\.10\]: 554 5\.7\.1 <spam\.test\[192\.0\.2\.10\]>: Client host rejected: by name; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<other\.test>
open
S= 220 mail.example.test ESMTP Postfix
C: XCLIENT ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R! 250.XCLIENT
C: XCLIENT ADDR=192.0.2.9
S= 550 5.7.0 Error: insufficient authorization
