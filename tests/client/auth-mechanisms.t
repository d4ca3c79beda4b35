# AUTH: the strongest mechanism on offer that the options permit, with the credentials of the next hop
twin lmtp
need SMTPD SMTP SMTP_SASL TLS
conf smtp_sasl_auth_enable = yes
conf smtp_sasl_password_maps = texthash:$dir/passwords
conf smtp_sasl_security_options = noanonymous
conf transport_maps = inline:{a.test=smtp:$sink_plain, b.test=smtp:$sink_login, c.test=smtp:$sink_cram, d.test=smtp:$sink_scram, e.test=smtp:$sink_all}
sink plain
    auth PLAIN user:pass
sink login
    auth LOGIN user:pass
sink cram
    auth CRAM-MD5 user:pass
sink scram
    auth SCRAM-SHA-256 user:pass
sink all
    auth LOGIN,PLAIN,CRAM-MD5,SCRAM-SHA-256 user:pass
file passwords
    $sink_plain user:pass
    $sink_login user:pass
    $sink_cram  user:pass
    $sink_scram user:pass
    $sink_all   user:pass
message alice@example.test x@a.test
sink(plain): ^AUTH PLAIN AHVzZXIAcGFzcw==
log: to=<x@a.test>, .*status=sent
message alice@example.test x@b.test
sink(login): ^AUTH LOGIN
log: to=<x@b.test>, .*status=sent
message alice@example.test x@c.test
sink(cram): ^AUTH CRAM-MD5
log: to=<x@c.test>, .*status=sent
message alice@example.test x@d.test
sink(scram): ^AUTH SCRAM-SHA-256
log: to=<x@d.test>, .*status=sent
message alice@example.test x@e.test
sink(all): ^AUTH SCRAM-SHA-256
log: to=<x@e.test>, .*status=sent
nolog: pass|AHVzZXI
