# grade ultra is one curve
# Postfix 3.7 with OpenSSL 3 leaves all groups, whatever its manual says
need SMTPD TLS program:openssl postlet
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf smtpd_tls_eecdh_grade = ultra
conf tls_eecdh_ultra_curve = prime256v1
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -groups P-256 2>&1
status 0
out: Cipher is [TE]
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -groups P-384 2>&1
status 1
out: Cipher is \(NONE\)
