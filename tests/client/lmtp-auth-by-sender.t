# lmtp_sender_dependent_authentication does what its description says (Postfix 3.7 has the parameter and ignores it)
need SMTPD SMTP SMTP_SASL postlet
conf default_transport = lmtp:$sink
conf lmtp_sasl_auth_enable = yes
conf lmtp_sender_dependent_authentication = yes
conf lmtp_sasl_password_maps = inline:{ alice@example.test=ann:one, 127.0.0.1=host:two }
conf lmtp_sasl_security_options = noanonymous
sink
    lmtp
    auth PLAIN ann:one
    AUTH: 235 2.7.0 ok
message alice@example.test x@away.test
sink= AUTH PLAIN AGFubgBvbmU=
message bob@example.test x@away.test
sink= AUTH PLAIN AGhvc3QAdHdv
log: from=<bob@example.test>
sinkcount 2
