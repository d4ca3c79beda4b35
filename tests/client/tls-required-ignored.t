# tls_required_enable = no: the header is text
need SMTPD SMTP TLS
since 3.10
conf smtp_tls_security_level = encrypt
conf tls_required_enable = no
conf relayhost = $sink
sink
message alice@example.test x@plain.test
    TLS-Required: no
    Subject: x

    body
log: to=<x@plain.test>, .*dsn=4.7.4, status=deferred
sinkcount 0
