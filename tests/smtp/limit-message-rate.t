# a client may send so many MAIL commands per time unit
need SMTPD
conf smtpd_client_message_rate_limit = 2
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RSET
S: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RSET
S: 250
C: MAIL FROM:<a@client.test>
S= 450 4.7.1 Error: too much mail from 127.0.0.1
log: warning: Message delivery request rate limit exceeded: 3 from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:$port
