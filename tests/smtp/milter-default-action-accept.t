# A filter that cannot be reached: milter_default_action = accept
milter
    down
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = accept
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
log: smtpd\[\d+\]: warning: connect to Milter service inet:127.0.0.1:\d+: Connection refused$
maildir alice 1
