# An old filter: no DATA, no unknown commands
conf milter_protocol = 2
milter
    version 2
    protocol NOHELO
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: FOO
S: 500 5.5.2
C: QUIT
R: 221
message a@client.test alice@example.test
maildir alice 1
milter= negotiate version=2 actions=1ff protocol=7f
milter: ^macros helo
nomilter: ^(helo|data|unknown)
