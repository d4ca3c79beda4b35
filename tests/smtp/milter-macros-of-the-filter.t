# A filter's own choice of macros comes before ours
milter
    symlist connect j {client_addr} {client_name} {client_ptr} {daemon_name} {client_connections}
    symlist mail {mail_host}
    symlist eom i {foo}
    symlist eoh v
conf milter_macro_defaults = {foo}=bar
conf milter_macro_daemon_name = ORIGINATING
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
milter: ^macros connect j=mail.example.test \{client_addr\}=127.0.0.1 \{client_name\}=localhost \{client_ptr\}=localhost \{daemon_name\}=ORIGINATING \{client_connections\}=\d+$
milter= macros mail {mail_host}=client.test
milter: ^macros eom i=\w+ \{foo\}=bar$
milter: ^macros eoh v=Postfix
