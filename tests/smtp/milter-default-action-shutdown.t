# A filter that cannot be reached: milter_default_action = shutdown ends the session
since 3.11
milter
    down
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = shutdown
conf smtpd_error_sleep_time = 0
open
S= 421 mail.example.test Service unavailable - try again later
eof
