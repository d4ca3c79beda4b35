# a filter does not learn the names in a certificate that nobody vouches for
need TLS SMTPD MILTER
milter
    symlist helo {tls_version} {cert_subject} {cert_issuer}
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key, $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf smtpd_milters = $milter
conf milter_default_action = tempfail
session
starttls cert=other
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 250
milter: ^macros helo \{tls_version\}=TLSv1\.\d$
