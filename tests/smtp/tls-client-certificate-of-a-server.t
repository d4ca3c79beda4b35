# a certificate that is for servers only is no client certificate
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = permit_tls_all_clientcerts, reject_unauth_destination
session
starttls cert=onlyserver version=1.2
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S: 554 5.7.1
