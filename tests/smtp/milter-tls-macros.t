# What a filter learns of TLS
need TLS
milter
    symlist helo {tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key, $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
starttls cert=client
C: EHLO client.test
R: 250
milter: ^macros helo $
milter: ^macros helo \{tls_version\}=TLSv1\.\d \{cipher\}=\S+ \{cipher_bits\}=\d+ \{cert_subject\}=.+ \{cert_issuer\}=.+$
