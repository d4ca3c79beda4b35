# receive_override_options = no_milters
milter
conf receive_override_options = no_milters
conf non_smtpd_milters = $milter
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
maildir alice 1
nomilter: open
