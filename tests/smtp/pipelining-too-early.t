# talking before EHLO's reply, or before the greeting
need SMTPD
conf smtpd_forbid_unauth_pipelining = yes
open
S: 220
raw "HELO client.test\r\nMAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\n"
S= 554 5.5.0 Error: SMTP protocol synchronization
eof
log: improper command pipelining after HELO from localhost\[127\.0\.0\.1\]: MAIL FROM:<a@client\.test>\\r\\nRCPT TO:<alice@example\.test>\\r\\n
log: disconnect from localhost\[127\.0\.0\.1\] helo=0/1 commands=0/1
open
S: 220
raw "EHLO client.test\r\nMAIL FROM:<a@client.test>\r\n"
S= 554 5.5.0 Error: SMTP protocol synchronization
eof
open
S: 220
C: EHLO client.test
R: 250
raw "NOOP\r\nNOOP\r\n"
S= 554 5.5.0 Error: SMTP protocol synchronization
eof
