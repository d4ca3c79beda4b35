# REQUIRETLS at MAIL: the next hop has a good certificate and promises the same, or the mail goes back without its body
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
conf transport_maps = inline:{good.test=smtp:$sink, bare.test=smtp:$sink_bare, strange.test=smtp:$sink_strange, plain.test=smtp:$sink_plain}
sink
    starttls server
    ehlo PIPELINING 8BITMIME REQUIRETLS
sink bare
    starttls server
sink strange
    starttls other
    ehlo PIPELINING REQUIRETLS
sink plain
    ehlo PIPELINING REQUIRETLS
session
C: MAIL FROM:<alice@example.test> REQUIRETLS
S= 555 5.5.4 Unsupported option: REQUIRETLS
starttls
C: EHLO client.test
R: 250
R& 250.REQUIRETLS
C: MAIL FROM:<alice@example.test> REQUIRETLS
S: 250
C: RCPT TO:<x@good.test>
S: 250
C: DATA
S: 354
C: Subject: kept safe
C:
C: secret
C: .
S: 250
sink: ^MAIL FROM:<alice@example.test> REQUIRETLS
log: Verified TLS connection established to 127.0.0.1
log: to=<x@good.test>, .*status=sent
sink: ^Require-TLS-ESMTP: yes
C: MAIL FROM:<alice@example.test> REQUIRETLS
S: 250
C: RCPT TO:<x@bare.test>
S: 250
C: DATA
S: 354
C: Subject: kept safe
C:
C: secret
C: .
S: 250
log: to=<x@bare.test>, .*dsn=5.7.30, status=bounced \(REQUIRETLS is required, but was not offered by host 127.0.0.1\[127.0.0.1\]\)
maildir alice 1
has: Subject: kept safe
hasnot: secret
sinkcount bare 0
C: MAIL FROM:<alice@example.test> REQUIRETLS
S: 250
C: RCPT TO:<x@strange.test>
S: 250
C: RCPT TO:<x@plain.test>
S: 250
C: DATA
S: 354
C: .
S: 250
log: to=<x@strange.test>, .*dsn=4.7.5, status=deferred \(Server certificate not verified\)
log: to=<x@plain.test>, .*dsn=5.7.4, status=bounced \(TLS is required, but was not offered by host
sinkcount strange 0
sinkcount plain 0
