# nor is a long line that comes drop by drop
need SMTPD postlet
conf smtpd_timeout = 2s
open
S: 220
raw "x" * 70000
pause 0.9
raw "x" * 10
pause 0.9
raw "x" * 10
pause 0.9
raw "x" * 10
S= 421 4.4.2 mail.example.test Error: timeout exceeded
eof
log: timeout after CONNECT from localhost\[127\.0\.0\.1\]
