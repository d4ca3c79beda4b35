# smtp_tls_chain_files, and the older names of the same
twin lmtp
need SMTPD SMTP TLS
conf relayhost = $sink
conf smtp_tls_security_level = encrypt
conf smtp_tls_eccert_file = $certs/client.pem
conf smtp_tls_eckey_file = $certs/client.key
conf smtp_tls_CApath = $dir/ca
prepare sh -c 'mkdir $dir/ca; cp $certs/ca.pem $dir/ca/$(openssl x509 -in $certs/ca.pem -noout -hash).0; chmod -R a+rX $dir/ca'
conf smtp_tls_loglevel = 1
sink
    starttls server
    clientca
message alice@example.test x@away.test
sink= tls-client client.example.test
log: Trusted TLS connection established to 127.0.0.1
