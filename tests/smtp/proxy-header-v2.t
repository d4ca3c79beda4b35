# the binary header of HAProxy, with extras; LOCAL is the proxy itself
need SMTPD SMTPD_HAPROXY
conf smtpd_upstream_proxy_protocol = haproxy
conf smtpd_peername_lookup = no
conf inet_protocols = all
open
raw "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0f\xc0\x00\x02\x01\xc6\x33\x64\x02\x04\xd2\x00\x19\x04\x00\x00"
S: 220 mail.example.test
C: EHLO client.test
R: 250
log: connect from unknown\[192.0.2.1\]
open
raw "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"
S: 220 mail.example.test
C: EHLO client.test
R: 250
log: connect from unknown\[127.0.0.1\]
open
raw "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x04\xd2\x00\x19"
S: 220 mail.example.test
C: EHLO client.test
R: 250
log: connect from unknown\[2001:db8::1\]
