# smtp_sasl_tls_security_options: what TLS permits that plaintext does not; verified servers have a third list
twin lmtp
since 3.10
need SMTPD SMTP SMTP_SASL TLS
conf smtp_sasl_auth_enable = yes
conf smtp_sasl_password_maps = static:user|pass
conf smtp_sasl_password_result_delimiter = |
conf smtp_sasl_security_options = noanonymous, noplaintext
conf smtp_sasl_tls_security_options = noanonymous
conf smtp_sasl_tls_verified_security_options = noplaintext
conf smtp_tls_CAfile = $certs/ca.pem
conf smtp_tls_policy_maps = inline:{$sink_plain=none, $sink_tls=encrypt, {$sink_good = secure match=mail.example.test}}
conf transport_maps = inline:{plain.test=smtp:$sink_plain, tls.test=smtp:$sink_tls, good.test=smtp:$sink_good}
sink plain
    auth PLAIN user:pass
sink tls
    auth PLAIN user:pass
    starttls server
sink good
    auth PLAIN user:pass
    starttls server
message alice@example.test x@plain.test
log: to=<x@plain.test>, .*status=deferred \(SASL authentication failed; cannot authenticate to server 127.0.0.1\[127.0.0.1\]: no mechanism available\)
message alice@example.test x@tls.test
log: to=<x@tls.test>, .*status=sent
message alice@example.test x@good.test
log: to=<x@good.test>, .*status=deferred \(SASL authentication failed; cannot authenticate to server 127.0.0.1\[127.0.0.1\]: no mechanism available\)
sink(tls): ^auth PLAIN ok
nosink(plain): ^AUTH
nosink(good): ^AUTH
