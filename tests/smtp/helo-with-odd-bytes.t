# control bytes in HELO do not get into headers or logs
need SMTPD
conf smtputf8_enable = no
open
S: 220
raw "HELO a\x01b\x7f(c)\"d\r\n"
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
log: NOQUEUE: reject: RCPT from localhost\[127\.0\.0\.1\]: 550 5\.1\.1 <nobody@example\.test>: Recipient address rejected: User unknown in virtual mailbox table; from=<a@client\.test> to=<nobody@example\.test> proto=SMTP helo=<a\?b\?\?c\?\?d>
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
maildir alice 1
