# a certificate with an EC key beside one with RSA
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_cert_file = $certs/server.pem
conf smtpd_tls_key_file = $certs/server.key
conf smtpd_tls_eccert_file = $certs/ecdsa.pem
conf smtpd_tls_eckey_file = $certs/ecdsa.key
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 -cipher aECDSA 2>&1
status 0
out: Cipher is ECDHE-ECDSA-
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 -cipher aRSA 2>&1
status 0
out: Cipher is ECDHE-RSA-
