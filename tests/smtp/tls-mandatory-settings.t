# protocols and ciphers of mandatory TLS
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = encrypt
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_mandatory_protocols = TLSv1.2
conf smtpd_tls_mandatory_ciphers = high
conf smtpd_tls_mandatory_exclude_ciphers = AES128, CHACHA20
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp 2>&1
status 0
out: TLSv1.2, Cipher is ECDHE-RSA-AES256-
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_3 2>&1
status 1
out: Cipher is \(NONE\)
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256 2>&1
status 1
out: Cipher is \(NONE\)
