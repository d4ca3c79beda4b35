# smtp_tls_policy_maps: what each level makes of servers without TLS, with a strange certificate, with a good one
twin lmtp
need SMTPD SMTP TLS
conf smtp_tls_CAfile = $certs/ca.pem
conf smtp_tls_loglevel = 1
conf smtp_tls_policy_maps = texthash:$dir/policy
conf transport_maps = inline:{none.test=smtp:$sink_plain, must.test=smtp:$sink_plain, may.test=smtp:$sink_other, encrypt.test=smtp:$sink_other2, verify.test=smtp:$sink_other3, good.test=smtp:$sink_good, name.test=smtp:$sink_good2, late.test=smtp:$sink_expired}
sink plain
sink other
    starttls other
sink other2
    starttls other
sink other3
    starttls other
sink good
    starttls server
sink good2
    starttls ecdsa
sink expired
    starttls expired
file policy
    $sink_plain  encrypt
    $sink_other  may
    $sink_other2 encrypt
    $sink_other3 verify
    $sink_good   secure match=mail.example.test
    $sink_good2  secure match=elsewhere.test
    $sink_expired secure match=mail.example.test

message alice@example.test x@must.test
log: to=<x@must.test>, .*dsn=4.7.4, status=deferred \(TLS is required, but was not offered by host 127.0.0.1\[127.0.0.1\]\)
message alice@example.test x@may.test
log: Untrusted TLS connection established to 127.0.0.1\[127.0.0.1\]:\d+: TLSv1\.[23] with cipher \S+ \(\d+/\d+ bits\)
log: to=<x@may.test>, .*status=sent
message alice@example.test x@encrypt.test
log: to=<x@encrypt.test>, .*status=sent
message alice@example.test x@verify.test
log: certificate verification failed for 127.0.0.1\[127.0.0.1\]:\d+: self-signed certificate
log: to=<x@verify.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
message alice@example.test x@good.test
log: Verified TLS connection established to 127.0.0.1\[127.0.0.1\]:\d+: TLSv1\.
log: to=<x@good.test>, .*status=sent
message alice@example.test x@name.test
log: to=<x@name.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
message alice@example.test x@late.test
log: to=<x@late.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
sinkcount plain 0
sinkcount other3 0
sinkcount good2 0
sinkcount expired 0
