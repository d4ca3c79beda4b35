# smtpd_forbid_unauth_pipelining = no: the restriction decides
need SMTPD
conf smtpd_forbid_unauth_pipelining = no
conf smtpd_data_restrictions = reject_unauth_pipelining
open
S: 220
raw "HELO client.test\r\nMAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n"
S= 250 mail.example.test
S= 250 2.1.0 Ok
S= 250 2.1.5 Ok
S= 503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining
C: QUIT
S= 221 2.0.0 Bye
eof
log: improper command pipelining after HELO from localhost\[127\.0\.0\.1\]: MAIL FROM:<a@client\.test>\\r\\nRCPT TO:<alice@example\.test>\\r\\nDATA\\r\\n
log: \w+: reject: DATA from localhost\[127\.0\.0\.1\]: 503 5\.5\.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<client\.test>
