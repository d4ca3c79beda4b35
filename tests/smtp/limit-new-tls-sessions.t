# a client may make so many full TLS handshakes per time unit
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key, $certs/server.pem
conf smtpd_client_new_tls_session_rate_limit = 1
conf smtpd_client_event_limit_exceptions =
conf smtpd_peername_lookup = no
open
S: 220
C: EHLO client.test
R: 250
starttls
C: EHLO client.test
R: 250
C: QUIT
S: 221
open
S: 220
C: EHLO client.test
R: 250
starttls
S= 421 4.7.0 mail.example.test Error: too many new TLS sessions from unknown[127.0.0.1]
eof
log: warning: New TLS session rate limit exceeded: 2 from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:$port
log: disconnect from unknown\[127\.0\.0\.1\] ehlo=1 starttls=0/1 commands=1/2
open
S: 220
C: EHLO client.test
R: 250
C: STARTTLS
S= 454 4.7.0 Error: too many new TLS sessions from unknown[127.0.0.1]
log: warning: Refusing STARTTLS request from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:$port
C: QUIT
S: 221
