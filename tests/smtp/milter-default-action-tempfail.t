# A filter that cannot be reached: milter_default_action = tempfail
milter
    down
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
log: smtpd\[\d+\]: warning: connect to Milter service inet:127.0.0.1:\d+: Connection refused$
log: NOQUEUE: milter-reject: CONNECT from localhost\[127.0.0.1\]: 451 4.7.1 Service unavailable - try again later; proto=SMTP$
