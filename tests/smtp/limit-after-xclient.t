# after XCLIENT the new address has limits of its own
need SMTPD
conf smtpd_authorized_xclient_hosts = 127.0.0.1
conf smtpd_client_message_rate_limit = 1
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open
S: 220
C: EHLO client.test
R: 250
C: XCLIENT ADDR=192.0.2.10 NAME=x.test
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RSET
S: 250
C: MAIL FROM:<a@client.test>
S: 450
