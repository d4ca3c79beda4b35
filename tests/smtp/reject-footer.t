# smtpd_reject_footer continues the last line of a refusal
need SMTPD
conf smtpd_reject_footer = \c. For help, call $client_address at $localtime
conf smtpd_sender_restrictions = check_sender_access inline:{{a@client.test=REJECT no}}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S: 554 5\.7\.1 <a@client\.test>: Sender address rejected: no\. For help, call 127\.0\.0\.1 at \w\w\w \d\d \d\d:\d\d:\d\d
C: FOO
S: 500 5\.5\.2 Error: command not recognized\. For
