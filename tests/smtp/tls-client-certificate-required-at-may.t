# smtpd_tls_req_ccert cannot be had where TLS is optional; that is told
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_req_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
session
starttls
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
log: Can't require client certs unless TLS is required
