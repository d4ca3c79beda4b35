# relay_clientcerts by fingerprint, with another digest
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_fingerprint_digest = sha1
conf relay_clientcerts = texthash:$dir/relay
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = permit_tls_clientcerts, reject_unauth_destination
prepare openssl x509 -in $certs/other.pem -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ yes/' >relay
session
starttls cert=other
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<far@away.test>
S= 250 2.1.5 Ok
session
starttls cert=client
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<far@away.test>
S= 554 5.7.1 <far@away.test>: Relay access denied
