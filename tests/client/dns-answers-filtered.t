# smtp_dns_reply_filter drops answers; smtp_address_preference has no effect on one family
need SMTPD SMTP
conf smtp_tcp_port = $sinkport
conf smtp_dns_reply_filter = regexp:$dir/filter
conf smtp_address_preference = ipv4
conf smtp_balance_inet_protocols = no
sink
file filter
    /^\S+ \d+ IN MX 10 / IGNORE
    /^\S+\s+\d+\s+IN\s+MX\s+10 / IGNORE
    /[[:space:]]MX[[:space:]]+10[[:space:]]/ IGNORE
dns
    away.test     MX 10 bad.away.test
    away.test     MX 20 good.away.test
    bad.away.test A 127.0.0.99
    good.away.test A 127.0.0.1
message alice@example.test a@away.test
log: to=<a@away.test>, relay=good.away.test\[127.0.0.1\]:\d+, .*status=sent
log: ignoring DNS RR: away.test. \d+ IN MX 10 bad.away.test.
nolog: bad.away.test\[
