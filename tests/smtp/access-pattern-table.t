# pattern tables see the whole key only
need SMTPD
file re
    /^@?bad\.test$/   REJECT domain alone
    /@bad\.test$/     REJECT sender
conf smtpd_sender_restrictions = check_sender_access regexp:$dir/re
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<x@bad.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <x@bad.test>: Sender address rejected: sender
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<x@sub.bad.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
