# tls_wildcard_matches_multiple_labels: what "*." in a server's certificate stands for
twin lmtp
need SMTPD SMTP TLS
conf smtp_tls_CAfile = $certs/ca.pem
conf transport_maps = inline:{one.test=smtp:$sink, two.test=smtp:$sink_two}
conf smtp_tls_policy_maps = texthash:$dir/policy
conf tls_wildcard_matches_multiple_labels = no
sink
    starttls wild
sink two
    starttls wild
file policy
    $sink  secure match=a.example.test
    $sink_two  secure match=a.b.example.test
message alice@example.test x@one.test
log: to=<x@one.test>, .*status=sent
message alice@example.test x@two.test
log: to=<x@two.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
sinkcount two 0
