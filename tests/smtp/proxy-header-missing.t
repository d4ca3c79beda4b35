# a client that comes without a PROXY header, or with a bad one, gets nothing
need SMTPD SMTPD_HAPROXY
conf smtpd_upstream_proxy_protocol = haproxy
conf smtpd_upstream_proxy_timeout = 1s
conf smtpd_peername_lookup = no
conf inet_protocols = all
open
raw "EHLO client.test\r\n"
S= 421 4.3.0 mail.example.test Server local error
eof
log: warning: haproxy read: .
log: connect from unknown\[127.0.0.1\]
open
raw "PROXY UNKNOWN\r\n"
S= 421 4.3.0 mail.example.test Server local error
eof
open
raw "PROXY TCP4 192.0.2.1 198.51.100.2 99999 25\r\n"
S= 421 4.3.0 mail.example.test Server local error
eof
open
raw "PROXY TCP4 192.0.2.1"
S= 421 4.3.0 mail.example.test Server local error
eof
logcount 4 warning: haproxy read: 
