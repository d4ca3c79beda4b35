# tls_export_cipherlist says what the grade stands for
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf smtpd_tls_ciphers = export
conf smtpd_tls_protocols = TLSv1.2
conf tls_export_cipherlist = AESGCM+AES128:!aNULL
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 2>&1
out: TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 2>&1
status 1
out: Cipher is \(NONE\)
