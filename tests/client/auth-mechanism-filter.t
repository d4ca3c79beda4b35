# smtp_sasl_mechanism_filter leaves only what it lists
twin lmtp
need SMTPD SMTP SMTP_SASL
conf relayhost = $sink
conf smtp_sasl_auth_enable = yes
conf smtp_sasl_password_maps = static:user:pass
conf smtp_sasl_security_options = noanonymous
conf smtp_sasl_mechanism_filter = login
sink
    auth PLAIN,LOGIN user:pass
message alice@example.test x@away.test
sink: ^AUTH LOGIN
sinkcount 1
