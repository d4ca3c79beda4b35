# smtpd_tls_ccert_verifydepth limits the certificates above the client's
# Postfix 3.7 trusts one certificate more
need SMTPD TLS postlet
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf smtpd_tls_ccert_verifydepth = 0
conf smtpd_tls_loglevel = 1
session
starttls cert=client version=1.2
C: EHLO client.test
R: 250
log: Untrusted TLS connection established from
