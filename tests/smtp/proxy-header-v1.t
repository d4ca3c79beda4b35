# the PROXY line of HAProxy names the client, for restrictions, headers and the log
need SMTPD SMTPD_HAPROXY
conf smtpd_upstream_proxy_protocol = haproxy
conf smtpd_peername_lookup = no
conf inet_protocols = all
conf smtpd_client_restrictions = check_client_access inline:{{192.0.2.66=REJECT not you}}
conf smtpd_error_sleep_time = 0
open
raw "PROXY TCP4 192.0.2.1 198.51.100.2 1234 25\r\n"
S: 220 mail.example.test
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: RCPT TO:<x@elsewhere.test>
S: 454 4.7.1 <x@elsewhere.test>: Relay access denied
C: DATA
S: 354
C: Subject: x
C:
C: .
S: 250
wait delivered alice
maildir alice 1
has: \(unknown \[192.0.2.1\]\)
open
raw "PROXY TCP6 2001:db8::1 2001:db8::2 1234 25\r\n"
S: 220 mail.example.test
C: EHLO client.test
R: 250
log: connect from unknown\[2001:db8::1\]
open
raw "PROXY TCP4 192.0.2.66 198.51.100.2 1234 25\r\n"
S: 220 mail.example.test
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 554 5.7.1 <unknown\[192.0.2.66\]>: Client host rejected: not you
