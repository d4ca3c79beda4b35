# restrictions at DATA and at the end of the message
need SMTPD
conf smtpd_data_restrictions = check_sender_access inline:{{data@client.test=REJECT at data}}, reject_multi_recipient_bounce
conf smtpd_end_of_data_restrictions = check_recipient_access inline:{{bob@example.test=REJECT at end}}, check_sender_access inline:{{eod@client.test=450 4.7.1 later}}
conf multi_recipient_bounce_reject_code = 551
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<data@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 554 5.7.1 <data@client.test>: Sender address rejected: at data
log: \w+: reject: DATA from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <data@client\.test>: Sender address rejected: at data; from=<data@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 551 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<x@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S= 554 5.7.1 <bob@example.test>: Recipient address rejected: at end
log: \w+: reject: END-OF-MESSAGE from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <bob@example\.test>: Recipient address rejected: at end; from=<x@client\.test> to=<bob@example\.test> proto=SMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<eod@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S= 450 4.7.1 <eod@client.test>: Sender address rejected: later
C: QUIT
S= 221 2.0.0 Bye
eof
maildir alice 0
queue empty
