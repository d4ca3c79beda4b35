# smtp_connection_cache_destinations: with reuse on demand switched off, only these keep their session
twin lmtp
need SMTPD SMTP postlet
conf smtp_connection_cache_on_demand = no
conf smtp_connection_cache_destinations = $sink_kept
conf smtp_connection_cache_time_limit = 1s
conf transport_maps = inline:{kept.test=smtp:$sink_kept, other.test=smtp:$sink_other}
sink kept
sink other
message alice@example.test a@kept.test
log: to=<a@kept.test>, .*status=sent
message alice@example.test b@kept.test
log: to=<b@kept.test>, .*conn_use=2.*status=sent
sink(kept): (?s)^connect(?!.*^connect).*^QUIT
message alice@example.test a@other.test
log: to=<a@other.test>, .*status=sent
message alice@example.test b@other.test
log: to=<b@other.test>, relay=127.0.0.1\[127.0.0.1\]:\d+, delay=
