# queue_minfree
need SMTPD
conf queue_minfree = 9000000000000000
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 452 4.3.1 Insufficient system storage
log: NOQUEUE: reject: MAIL from localhost\[127\.0\.0\.1\]: 452 4\.3\.1 Insufficient system storage;
