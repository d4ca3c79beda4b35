# clients of one IPv6 network are counted as one
need SMTPD SMTPD_HAPROXY
since 3.8
conf smtpd_upstream_proxy_protocol = haproxy
conf smtpd_peername_lookup = no
conf inet_protocols = all
conf smtpd_client_ipv6_prefix_length = 64
conf smtpd_client_connection_count_limit = 2
conf smtpd_client_event_limit_exceptions =
open as a
raw "PROXY TCP6 2001:db8::1:0:0:1 2001:db8::2 1234 25\r\n"
S: 220
open as b
raw "PROXY TCP6 2001:db8::2:0:0:2 2001:db8::2 1234 25\r\n"
S: 220
open as c
raw "PROXY TCP6 2001:db8::3:0:0:3 2001:db8::2 1234 25\r\n"
S= 421 4.7.0 mail.example.test Error: too many connections from 2001:db8::3:0:0:3
log: warning: Connection concurrency limit exceeded: 3 from unknown\[2001:db8::3:0:0:3\] for service
open as d
raw "PROXY TCP6 2001:db8:0:1::1 2001:db8::2 1234 25\r\n"
S: 220
