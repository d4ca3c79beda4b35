# a client may begin so many connections per time unit
need SMTPD
conf smtpd_client_connection_rate_limit = 2
conf smtpd_client_connection_limit_exceptions =
conf smtpd_client_event_limit_exceptions =
conf anvil_rate_time_unit = 3s
conf smtpd_peername_lookup = no
open as one
S: 220
close
open as two
S: 220
close
open as three
S= 421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1
eof
log: warning: Connection rate limit exceeded: 3 from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:$port
pause 5
open as four
S: 220
