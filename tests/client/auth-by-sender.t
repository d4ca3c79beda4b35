# smtp_sender_dependent_authentication: each sender's own login, and no session shared between senders
need SMTPD SMTP SMTP_SASL
conf relayhost = $sink
conf smtp_sasl_auth_enable = yes
conf smtp_sender_dependent_authentication = yes
conf smtp_sasl_password_maps = inline:{ alice@example.test=ann:one, 127.0.0.1=host:two }
conf smtp_sasl_security_options = noanonymous
sink
    auth PLAIN ann:one
    AUTH: 235 2.7.0 ok
message alice@example.test x@away.test
sink= AUTH PLAIN AGFubgBvbmU=
message bob@example.test x@away.test
sink= AUTH PLAIN AGhvc3QAdHdv
log: from=<bob@example.test>
sinkcount 2
