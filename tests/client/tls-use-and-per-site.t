# smtp_use_tls uses what is offered; smtp_tls_per_site names exceptions
twin lmtp
need SMTPD SMTP TLS
conf smtp_use_tls = yes
conf smtp_tls_security_level =
conf smtp_tls_per_site = inline:{127.0.0.2=NONE}
conf smtp_tls_note_starttls_offer = yes
conf transport_maps = inline:{tls.test=smtp:$sink, none.test=smtp:[127.0.0.2]:$sinkport}
sink
    starttls server
message alice@example.test x@tls.test
sink: ^tls TLSv1
log: to=<x@tls.test>, .*status=sent
