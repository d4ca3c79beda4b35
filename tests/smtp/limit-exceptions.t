# listed clients are neither limited nor counted
need SMTPD
conf smtpd_client_event_limit_exceptions = 127.0.0.2
conf smtpd_client_connection_rate_limit = 1
conf smtpd_client_connection_count_limit = 1
conf smtpd_peername_lookup = no
open as a from 127.0.0.2
S: 220
open as b from 127.0.0.2
S: 220
open as c from 127.0.0.1
S: 220
open as d from 127.0.0.1
S: 421
log: Connection concurrency limit exceeded: 2 from unknown\[127\.0\.0\.1\]
nolog: limit exceeded: .* from unknown\[127\.0\.0\.2\]
