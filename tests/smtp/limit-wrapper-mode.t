# in wrapper mode handshakes count too, and the refusal of a connection is said inside TLS
need SMTPD TLS
master 127.0.0.1:$port_wrap inet n - y - - smtpd -o smtpd_tls_wrappermode=yes
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key, $certs/server.pem
conf smtpd_client_connection_count_limit = 1
conf smtpd_client_new_tls_session_rate_limit = 2
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open wrap as a
tls
S: 220
open wrap as b
tls
S= 421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1
eof
open wrap as c
tls
S= 421 4.7.0 mail.example.test Error: too many new TLS sessions from unknown[127.0.0.1]
eof
