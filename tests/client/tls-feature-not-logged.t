# smtp_log_tls_feature_status = no: no tls= in the delivery line
twin lmtp
need SMTPD SMTP TLS postlet
conf relayhost = $sink
conf smtp_tls_security_level = may
conf smtp_log_tls_feature_status = no
sink
message alice@example.test x@away.test
log: to=<x@away.test>, .*status=sent
nolog: tls=may
