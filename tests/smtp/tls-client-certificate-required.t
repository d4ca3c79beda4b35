# smtpd_tls_req_ccert: where TLS is required, a client without a trusted certificate is sent away
need SMTPD TLS
conf smtpd_tls_security_level = encrypt
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_req_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
open
S: 220
C: EHLO client.test
R: 250
starttls version=1.2 cert=client
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
close
open
S: 220
C: EHLO client.test
R: 250
starttls version=1.2
