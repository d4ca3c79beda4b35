# smtp_dns_support_level = disabled: no MX, names from the hosts file
need SMTPD SMTP
conf smtp_dns_support_level = disabled
conf smtp_host_lookup = native
conf smtp_tcp_port = $sinkport
sink
dns
    localhost MX 10 elsewhere.test
    elsewhere.test A 127.0.0.99
conf mydestination =
message alice@example.test a@localhost.
log: to=<a@localhost>, .*relay=localhost\[127.0.0.1\]:\d+, .*status=sent
