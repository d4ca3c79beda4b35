# A filter that wants to do what we do not know
milter
    actions fff
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
log: warning: milter inet:127.0.0.1:\d+: request mask 0xfff conflict with MTA request mask 0x1ff
