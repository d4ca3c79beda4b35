# level fingerprint: the certificate that was named, no other
twin lmtp
need SMTPD SMTP TLS program:openssl
conf smtp_tls_fingerprint_digest = sha256
conf smtp_tls_loglevel = 1
conf transport_maps = inline:{good.test=smtp:$sink, bad.test=smtp:$sink_bad}
conf smtp_tls_policy_maps = texthash:$dir/policy
prepare sh -c 'f=$(openssl x509 -in $certs/server.pem -noout -fingerprint -sha256 | cut -d= -f2); printf "$sink fingerprint match=%s\n$sink_bad fingerprint match=%s\n" $f $f >$dir/policy'
sink
    starttls server
sink bad
    starttls other
message alice@example.test x@good.test
log: Verified TLS connection established to 127.0.0.1
log: to=<x@good.test>, .*status=sent
message alice@example.test x@bad.test
log: to=<x@bad.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
sinkcount bad 0
