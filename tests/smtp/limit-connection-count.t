# a client may have so many connections at a time, and an ended one no longer counts
need SMTPD
conf smtpd_client_connection_count_limit = 2
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open as one
S: 220
open as two
S: 220
open as three
S= 421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1
eof
log: warning: Connection concurrency limit exceeded: 3 from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:$port
use two
C: QUIT
S: 221
eof
pause 0.3
open as four
S: 220
open as five
S= 421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1
open as other from 127.0.0.2
S: 220
