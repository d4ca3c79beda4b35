# A filter that wants more than it is offered
conf milter_protocol = 2
milter
    version 6
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
log: warning: milter inet:127.0.0.1:\d+: protocol version 6 conflict with MTA protocol version 2
