# protocols and ciphers, of the global kind and of one policy
twin lmtp
need SMTPD SMTP TLS
conf smtp_tls_loglevel = 1
conf smtp_tls_mandatory_protocols = TLSv1.2
conf smtp_tls_protocols = >=TLSv1.3
conf smtp_tls_exclude_ciphers = AES128
conf smtp_tls_mandatory_exclude_ciphers = CHACHA20
conf smtp_tls_mandatory_ciphers = high
conf smtp_tls_ciphers = high
conf smtp_tls_policy_maps = inline:{$sink_may=may, $sink_must=encrypt, {$sink_own = encrypt protocols=>=TLSv1.3}}
conf transport_maps = inline:{may.test=smtp:$sink_may, must.test=smtp:$sink_must, own.test=smtp:$sink_own}
sink may
    starttls server
sink must
    starttls server
sink own
    starttls server
message alice@example.test x@may.test
sink(may): ^tls TLSv1.3
message alice@example.test x@must.test
sink(must): ^tls TLSv1.2
log: TLS connection established to 127.0.0.1\[127.0.0.1\]:\d+: TLSv1.2 with cipher \S*AES256
message alice@example.test x@own.test
sink(own): ^tls TLSv1.3
nolog: with cipher \S*(CHACHA|AES_128|AES128)
