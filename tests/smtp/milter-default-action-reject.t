# A filter that cannot be reached: milter_default_action = reject
milter
    down
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = reject
conf smtpd_error_sleep_time = 0
open
S= 554 mail.example.test ESMTP not accepting connections
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 550 5.5.0 Service unavailable
C: MAIL FROM:<a@client.test>
S= 550 5.5.0 Service unavailable
log: smtpd\[\d+\]: warning: connect to Milter service inet:127.0.0.1:\d+: Connection refused$
log: NOQUEUE: milter-reject: CONNECT from localhost\[127.0.0.1\]: 550 5.5.0 Service unavailable; proto=SMTP$
