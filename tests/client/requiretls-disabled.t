# requiretls_enable = no: not offered, not asked for
need SMTPD SMTP TLS REQUIRETLS
since 3.11
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtp_tls_security_level = may
conf smtp_tls_CAfile = $certs/ca.pem
conf smtp_tls_secure_cert_match = mail.example.test
conf smtp_tls_loglevel = 1
conf smtpd_peername_lookup = no
conf requiretls_enable = no
conf smtp_requiretls_policy = enforce
conf relayhost = $sink
sink
    ehlo PIPELINING REQUIRETLS
session
starttls
C: EHLO client.test
R: 250
R! 250.REQUIRETLS
C: MAIL FROM:<a@client.test> REQUIRETLS
S= 555 5.5.4 Unsupported option: REQUIRETLS
message a@client.test x@away.test
    Require-TLS-ESMTP: yes
    Subject: x

    body
log: to=<x@away.test>, .*status=sent
sink: ^MAIL FROM:<a@client.test>
nosink: MAIL.*REQUIRETLS
