# "TLS-Required: no" and tls_required_enable: mail that may go without TLS, whatever the settings
need SMTPD SMTP TLS
since 3.10
conf smtp_tls_security_level = secure
conf transport_maps = inline:{plain.test=smtp:$sink, strange.test=smtp:$sink_strange}
sink
sink strange
    starttls other
message alice@example.test x@plain.test
    TLS-Required: no
    Subject: x

    body
log: to=<x@plain.test>, .*status=sent
message alice@example.test x@strange.test
    TLS-Required: no
    Subject: x

    body
log: to=<x@strange.test>, .*status=sent
sink(strange): ^tls TLSv
message alice@example.test y@plain.test
log: to=<y@plain.test>, .*dsn=4.7.4, status=deferred
