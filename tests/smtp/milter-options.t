# Settings of one filter: the global ones do not count for it
milter
    eom: sleep 2 ; continue
milter down
    down
milter old
    version 2
need SMTPD MILTER
conf smtpd_milters = { $milter_down, connect_timeout=5s, default_action=accept }, { $milter, content_timeout=1s, command_timeout=1s, { default_action = quarantine } }, { $milter_old, protocol=2 }
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
log: warning: connect to Milter service inet:127.0.0.1:\d+: Connection refused
log: can't read SMFIC_BODYEOB reply packet header: Connection timed out
log: milter-hold: END-OF-MESSAGE
milter(old)= negotiate version=2 actions=1ff protocol=7f
milter(old)= mail <a@client.test>
queue hold 1
