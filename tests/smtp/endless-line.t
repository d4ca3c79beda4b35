# a line without an end is not read for ever
need SMTPD postlet
open
S: 220
raw "x" * 2000000
S= 421 4.7.0 mail.example.test Error: line too long
eof
log: too much data after CONNECT from localhost\[127\.0\.0\.1\]
