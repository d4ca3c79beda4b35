# tls_ssl_options = NO_TICKET: no session is resumed
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf tls_ssl_options = NO_TICKET
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 2>&1
status 0
noout: TLS session ticket:
