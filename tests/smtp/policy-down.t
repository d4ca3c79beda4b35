# a policy server that cannot be reached: how often and when it is tried again, what then counts
need SMTPD
timeout 60
conf smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:127.0.0.1:$port_closed
conf smtpd_policy_service_try_limit = 3
conf smtpd_policy_service_retry_delay = 2s
conf smtpd_policy_service_default_action = 459 4.3.9 policy is away
conf smtpd_peername_lookup = no
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
pause 1
nolog: policy is away
S= 459 4.3.9 <alice@example.test>: Recipient address rejected: policy is away
logcount 3 warning: connect to 127.0.0.1:\d+: Connection refused
log: warning: problem talking to server 127.0.0.1:\d+: Connection refused
