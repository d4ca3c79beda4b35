# the older list of exceptions, once set, takes the place of mynetworks in the default
need SMTPD
conf smtpd_client_connection_limit_exceptions = 192.0.2.0/24
conf smtpd_client_connection_count_limit = 1
conf smtpd_peername_lookup = no
open as a
S: 220
open as b
S: 421
log: Connection concurrency limit exceeded: 2 from unknown\[127\.0\.0\.1\]
