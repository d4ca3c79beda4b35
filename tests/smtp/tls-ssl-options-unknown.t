# an unknown TLS option is fatal
need SMTPD TLS postlet
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf tls_ssl_options = NO_SUCH
open
log: fatal: unknown tls_ssl_options value "NO_SUCH"
