# the data of a refused chunk has to come in time
need SMTPD postlet
conf smtpd_timeout = 2s
open
S: 220
C: EHLO client.test
R: 250
C: BDAT 3000
pause 0.9
raw "x" * 10
pause 0.9
raw "x" * 10
pause 0.9
raw "x" * 10
S= 421 4.4.2 mail.example.test Error: timeout exceeded
eof
