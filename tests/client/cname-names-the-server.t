# smtp_cname_overrides_servername = yes: the name at the end of the alias is the server's
need SMTPD SMTP
conf smtp_tcp_port = $sinkport
conf smtp_cname_overrides_servername = yes
sink
dns
    away.test      MX 10 alias.away.test
    alias.away.test CNAME real.away.test
    real.away.test A 127.0.0.1
message alice@example.test a@away.test
log: to=<a@away.test>, relay=real.away.test\[127.0.0.1\]:\d+, .*status=sent
