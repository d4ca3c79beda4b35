# a client certificate of relay_clientcerts may relay
need SMTPD TLS
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = permit_tls_all_clientcerts, reject_unauth_destination
conf smtpd_tls_loglevel = 1
conf smtpd_tls_received_header = yes
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
starttls
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 554 5.7.1 <far@away.test>: Relay access denied
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
starttls cert=client
log: Trusted TLS connection established from localhost\[127\.0\.0\.1\]: TLS
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far@away.test>
S= 250 2.1.5 Ok
