# smtp_sasl_auth_soft_bounce = no: a refused login bounces; AUTH=<> goes with MAIL when asked
twin lmtp
need SMTPD SMTP SMTP_SASL
conf smtp_sasl_auth_enable = yes
conf smtp_sasl_password_maps = static:user:wrong
conf smtp_sasl_security_options = noanonymous
conf smtp_sasl_auth_soft_bounce = no
conf smtp_send_dummy_mail_auth = yes
conf transport_maps = inline:{bad.test=smtp:$sink_bad, good.test=smtp:$sink_good}
sink bad
    auth PLAIN user:pass
sink good
    auth PLAIN user:wrong
message alice@example.test x@bad.test
log: to=<x@bad.test>, .*dsn=5.7.8, status=bounced \(SASL authentication failed; server 127.0.0.1\[127.0.0.1\] said: 535 5.7.8
message alice@example.test x@good.test
sink(good): ^MAIL FROM:<alice@example.test> .*AUTH=<>
