# a client may name so many recipients per time unit
need SMTPD
conf smtpd_client_recipient_rate_limit = 2
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: RCPT TO:<nobody@example.test>
S: 550
C: RCPT TO:<bob@example.test>
S= 450 4.7.1 Error: too many recipients from 127.0.0.1
log: warning: Recipient address rate limit exceeded: 3 from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:$port
