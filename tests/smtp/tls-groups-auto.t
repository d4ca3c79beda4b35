# tls_eecdh_auto_curves names the groups
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf tls_eecdh_auto_curves = P-384 prime256v1
conf tls_ffdhe_auto_groups = 
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -groups P-384 2>&1
status 0
out: Cipher is [TE]
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -groups X25519 2>&1
status 1
out: Cipher is \(NONE\)
