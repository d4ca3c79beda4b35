# tls_server_sni_maps: a certificate by the name that the client asks for
need SMTPD TLS program:openssl
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf tls_server_sni_maps = texthash:$dir/sni
file sni
    other.example.test $certs/other.key, $certs/other.pem
    .sub.example.test $certs/other.key, $certs/other.pem
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -servername other.example.test 2>&1
status 0
out: subject=CN ?= ?other.example.test
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -servername a.sub.example.test 2>&1
status 0
out: subject=CN ?= ?other.example.test
run echo QUIT | openssl s_client -connect 127.0.0.1:$port -starttls smtp -servername else.example.test 2>&1
status 0
out: subject=CN ?= ?mail.example.test
