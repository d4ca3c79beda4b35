# smtp_discard_ehlo_keyword_address_maps: by the server's address
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_discard_ehlo_keyword_address_maps = inline:{127.0.0.1=size}
sink
message alice@example.test a@away.test
sink= MAIL FROM:<alice@example.test>
log: discarding EHLO keywords: SIZE
