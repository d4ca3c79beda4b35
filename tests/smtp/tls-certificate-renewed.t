# a renewed certificate is used after a reload
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $dir/now.key $dir/now.pem
prepare cp $certs/server.key now.key && cp $certs/server.pem now.pem
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp 2>&1
status 0
out: subject=CN ?= ?mail.example.test
run cp $certs/other.key now.key && cp $certs/other.pem now.pem
status 0
reload
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp 2>&1
status 0
out: subject=CN ?= ?other.example.test
