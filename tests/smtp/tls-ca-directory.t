# clients are checked against a directory of authorities
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CApath = $dir/cas
conf smtpd_tls_loglevel = 1
prepare mkdir cas && cp $certs/ca.pem cas && openssl rehash cas
session
starttls cert=client
C: EHLO client.test
R: 250
log: Trusted TLS connection established from
session
starttls cert=other
C: EHLO client.test
R: 250
log: Untrusted TLS connection established from
