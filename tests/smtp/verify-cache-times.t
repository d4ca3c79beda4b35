# how long the answers of probes count; a service of another name; no waiting
need SMTPD SMTP VERIFY
timeout 120
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf address_verify_service_name = checker
conf address_verify_poll_count = 1
conf address_verify_poll_delay = 1s
conf address_verify_negative_cache = no
conf address_verify_positive_refresh_time = 1s
conf address_verify_positive_expire_time = 1h
conf address_verify_cache_cleanup_interval = 1h
conf address_verify_map =
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
master checker unix - - y - 1 verify
master verify unix remove
sink
    RCPT /bad/: 550 5.1.1 no such user
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<bad@relay.test>
S= 450 4.1.1 <bad@relay.test>: Recipient address rejected: unverified address: Address verification in progress
log: to=<bad@relay.test>, .*status=undeliverable
pause 1
C: RCPT TO:<bad@relay.test>
S= 450 4.1.1 <bad@relay.test>: Recipient address rejected: unverified address: Address verification in progress
pause 1
logcount 2 to=<bad@relay.test>, .*status=undeliverable
C: RCPT TO:<good@relay.test>
S: 450
log: to=<good@relay.test>, .*status=deliverable
pause 2
C: RCPT TO:<good@relay.test>
S: 250
pause 1
logcount 2 to=<good@relay.test>, .*status=deliverable
