# a PROXY header that names an IPv6 client is refused while inet_protocols has no IPv6
need SMTPD SMTPD_HAPROXY
conf smtpd_upstream_proxy_protocol = haproxy
conf smtpd_peername_lookup = no
conf inet_protocols = ipv4
open
raw "PROXY TCP6 2001:db8::1 2001:db8::2 1234 25\r\n"
S: 421 4.3.0
eof
log: warning: haproxy read: bad or missing protocol type
open
raw "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x04\xd2\x00\x19"
S: 421 4.3.0
eof
log: warning: haproxy read: (Postfix )?IPv6 support is disabled
nolog: 2001:db8::1\]
open
raw "PROXY TCP4 192.0.2.1 198.51.100.2 1234 25\r\n"
S: 220 mail.example.test
log: connect from unknown\[192.0.2.1\]
