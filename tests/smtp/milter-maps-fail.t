# A table of filters that cannot be read is no reason to accept mail unseen. (Postfix goes on with smtpd_milters.)
need postlet
milter
conf smtpd_milter_maps = fail:table
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
R: 451
