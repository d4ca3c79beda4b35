# smtp_enforce_tls and smtp_tls_enforce_peername, the ways of old
twin lmtp
need SMTPD SMTP TLS
conf smtp_enforce_tls = yes
conf smtp_tls_enforce_peername = no
conf smtp_tls_security_level =
conf transport_maps = inline:{plain.test=smtp:$sink_plain, tls.test=smtp:$sink_tls}
sink plain
sink tls
    starttls other
message alice@example.test x@plain.test
log: to=<x@plain.test>, .*status=deferred \(TLS is required, but was not offered by host
message alice@example.test x@tls.test
log: to=<x@tls.test>, .*status=sent
sink(tls): ^tls TLSv1
