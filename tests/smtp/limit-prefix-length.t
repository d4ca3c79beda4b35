# clients of one network are counted as one
need SMTPD
since 3.8
conf smtpd_client_ipv4_prefix_length = 24
conf smtpd_client_connection_count_limit = 2
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open as a from 127.0.0.1
S: 220
open as b from 127.0.0.200
S: 220
open as c from 127.0.0.3
S= 421 4.7.0 mail.example.test Error: too many connections from 127.0.0.3
log: warning: Connection concurrency limit exceeded: 3 from unknown\[127\.0\.0\.3\] for service 127\.0\.0\.1:$port
open as d from 127.0.1.1
S: 220
