# Require-TLS-ESMTP: yes, from a filter, and sendmail -O requiretls=yes count as REQUIRETLS; a report may keep the body
need SMTPD SMTP TLS REQUIRETLS
since 3.11
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtp_tls_security_level = may
conf smtp_tls_CAfile = $certs/ca.pem
conf smtp_tls_secure_cert_match = mail.example.test
conf smtp_tls_loglevel = 1
conf smtpd_peername_lookup = no
conf smtp_requiretls_policy = enforce
conf requiretls_redact_dsn = no
conf transport_maps = inline:{good.test=smtp:$sink, bare.test=smtp:$sink_bare}
sink
    starttls server
    ehlo PIPELINING 8BITMIME REQUIRETLS
sink bare
    starttls server
message alice@example.test x@good.test
    Require-TLS-ESMTP: yes
    Subject: x

    body
sink: ^MAIL FROM:<alice@example.test> .*REQUIRETLS
message alice@example.test x@bare.test
    Require-TLS-ESMTP: yes
    Subject: x

    secret
log: to=<x@bare.test>, .*dsn=5.7.30, status=bounced
maildir alice 1
has: secret
run sendmail -O requiretls=yes -f alice@example.test y@bare.test
    Subject: y

    body
log: to=<y@bare.test>, .*dsn=5.7.30, status=bounced
