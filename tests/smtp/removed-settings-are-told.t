# settings that Postfix has removed are told at start
need SMTPD postlet
conf maps_rbl_domains = bl.test
conf tls_legacy_public_key_fingerprints = yes
conf smtpd_sasl_application_name = other
conf smtpd_tls_cipherlist = HIGH
conf smtp_tls_cipherlist = HIGH
conf enable_errors_to = yes
conf extract_recipient_limit = 7
conf sender_based_routing = yes
conf smtp_skip_4xx_greeting = no
run postfix check
out: maps_rbl_domains has no effect: removed \(3.9, use reject_rbl_client\)
out: tls_legacy_public_key_fingerprints has no effect: removed
out: smtpd_sasl_application_name has no effect: removed \(2.3
out: smtpd_tls_cipherlist has no effect: removed
out: smtp_tls_cipherlist has no effect: removed
out: enable_errors_to has no effect: removed
out: extract_recipient_limit has no effect: removed
out: sender_based_routing has no effect: removed
out: smtp_skip_4xx_greeting has no effect: removed
