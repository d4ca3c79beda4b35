# smtpd_tls_ccert_verifydepth limits the authorities between a client's certificate and the root; one is always allowed
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf smtpd_tls_ccert_verifydepth = 0
conf smtpd_tls_loglevel = 1
conf smtpd_peername_lookup = no
session
starttls cert=deep1 version=1.2
C: EHLO client.test
R: 250
log: : Trusted TLS connection established from
session
starttls cert=deep2 version=1.2
C: EHLO client.test
R: 250
log: Untrusted TLS connection established from
