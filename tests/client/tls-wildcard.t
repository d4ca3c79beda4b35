# a "*." in a server's certificate stands for several labels
twin lmtp
# Postfix 3.7 with OpenSSL 3 takes one label, whatever its manual says
need SMTPD SMTP TLS postlet
conf smtp_tls_CAfile = $certs/ca.pem
conf transport_maps = inline:{one.test=smtp:$sink, two.test=smtp:$sink_two}
conf smtp_tls_policy_maps = texthash:$dir/policy
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
log: to=<x@two.test>, .*status=sent
