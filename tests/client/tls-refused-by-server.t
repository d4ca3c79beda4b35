# STARTTLS refused: plaintext at level may, mail waits at encrypt
twin lmtp
need SMTPD SMTP TLS
conf smtp_tls_policy_maps = texthash:$dir/policy
conf transport_maps = inline:{may.test=smtp:$sink_may, must.test=smtp:$sink_must}
sink may
    starttls server
    STARTTLS: 454 4.7.0 not now
sink must
    starttls server
    STARTTLS: 454 4.7.0 not now
file policy
    $sink_may  may
    $sink_must encrypt
message alice@example.test x@may.test
log: to=<x@may.test>, .*status=sent
message alice@example.test x@must.test
log: to=<x@must.test>, .*dsn=4.7.0, status=deferred \(TLS is required, but host 127.0.0.1\[127.0.0.1\] refused to start TLS: 454 4.7.0 not now\)
