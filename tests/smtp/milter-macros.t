# Which macros are sent when, and what those unknown to us have as value
milter
conf milter_connect_macros = j k1 v
conf milter_helo_macros = k2
conf milter_mail_macros = k3 {mail_addr}
conf milter_rcpt_macros = k4 i
conf milter_data_macros = k5 i
conf milter_end_of_header_macros = k6
conf milter_end_of_data_macros = k7
conf milter_unknown_command_macros = k8
conf milter_macro_defaults = k1=1, k2=2, k3=3, k4=4, k5=5, k6=6, {k7}=7 k8=8
conf milter_macro_v = Mail 1.2
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: FOO
R: 500
C: QUIT
R: 221
message a@client.test alice@example.test
milter= macros connect j=mail.example.test k1=1 v=Mail 1.2
milter= macros helo k2=2
milter= macros unknown k8=8
milter= macros mail k3=3 {mail_addr}=a@client.test
milter= macros rcpt k4=4
milter: ^macros data k5=5 i=\w+$
milter= macros header k6=6
milter= macros eoh k6=6
milter= macros body k7=7
milter= macros eom k7=7
