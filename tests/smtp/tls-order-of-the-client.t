# the client's order of ciphers counts
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_loglevel = 1
conf tls_medium_cipherlist = ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256 2>&1
status 0
out: Cipher is ECDHE-RSA-AES256-GCM-SHA384
