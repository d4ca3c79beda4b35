# AUTH that fails, or that the security options rule out: mail waits, the password stays here
twin lmtp
need SMTPD SMTP SMTP_SASL TLS
conf smtp_sasl_auth_enable = yes
conf smtp_sasl_password_maps = texthash:$dir/passwords
conf smtp_sasl_security_options = noplaintext, noanonymous
conf transport_maps = inline:{a.test=smtp:$sink_plain, b.test=smtp:$sink_wrong, c.test=smtp:$sink_none, d.test=smtp:$sink_stranger}
sink plain
    auth PLAIN,LOGIN user:pass
sink wrong
    auth CRAM-MD5 user:pass
    AUTH: 535 5.7.8 no
sink none
    auth X-NONE user:pass
sink stranger
    auth PLAIN user:pass
file passwords
    $sink_plain user:pass
    $sink_wrong user:wrong
    $sink_none  user:pass
message alice@example.test x@a.test
log: to=<x@a.test>, .*dsn=4.7.0, status=deferred \(SASL authentication failed; cannot authenticate to server 127.0.0.1\[127.0.0.1\]: no mechanism available\)
message alice@example.test x@b.test
log: to=<x@b.test>, .*dsn=4.7.8, status=deferred \(SASL authentication failed; server 127.0.0.1\[127.0.0.1\] said: 535 5.7.8 no\)
message alice@example.test x@c.test
log: to=<x@c.test>, .*dsn=4.7.0, status=deferred \(SASL authentication failed; cannot authenticate to server 127.0.0.1\[127.0.0.1\]: no mechanism available\)
# no credentials for this one: mail goes without
message alice@example.test x@d.test
log: to=<x@d.test>, .*status=sent
nosink(plain): ^AUTH
