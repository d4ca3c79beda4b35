# smtp_requiretls_policy: what REQUIRETLS means for a next hop is the operator's choice
need SMTPD SMTP TLS REQUIRETLS
since 3.11
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtp_tls_security_level = may
conf smtp_tls_CAfile = $certs/ca.pem
conf smtp_tls_secure_cert_match = mail.example.test
conf smtp_tls_loglevel = 1
conf smtpd_peername_lookup = no
conf smtp_requiretls_policy = inline:{{bare.test=opportunistic}, {.below.test=opportunistic+starttls}, {off.test=disable}}, enforce
conf transport_maps = inline:{bare.test=smtp, a.below.test=smtp, off.test=smtp}
conf smtp_tcp_port = $sinkport
dns
    bare.test A 127.0.0.1
    a.below.test A 127.0.0.1
    off.test A 127.0.0.1
    other.test A 127.0.0.1
sink
    starttls other
    ehlo PIPELINING 8BITMIME REQUIRETLS
conf requiretls_esmtp_header = no
session
starttls
C: EHLO client.test
R: 250
C: MAIL FROM:<1@client.test> REQUIRETLS
S: 250
C: RCPT TO:<x@bare.test>
S: 250
C: DATA
S: 354
C: .
S: 250
log: to=<x@bare.test>, .*status=sent
sink: ^MAIL FROM:<1@client.test> REQUIRETLS
nosink: Require-TLS-ESMTP
C: MAIL FROM:<2@client.test> REQUIRETLS
S: 250
C: RCPT TO:<x@a.below.test>
S: 250
C: DATA
S: 354
C: .
S: 250
log: to=<x@a.below.test>, .*status=sent
sink: ^MAIL FROM:<2@client.test> REQUIRETLS
C: MAIL FROM:<3@client.test> REQUIRETLS
S: 250
C: RCPT TO:<x@off.test>
S: 250
C: DATA
S: 354
C: .
S: 250
log: to=<x@off.test>, .*status=sent
sink: ^MAIL FROM:<3@client.test>$
C: MAIL FROM:<4@client.test> REQUIRETLS
S: 250
C: RCPT TO:<x@other.test>
S: 250
C: DATA
S: 354
C: .
S: 250
log: to=<x@other.test>, .*dsn=4.7.5, status=deferred
sinkcount 3
