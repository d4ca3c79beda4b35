# address_verify_negative_expire_time: a bad answer this old is forgotten
need SMTPD SMTP VERIFY
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf unverified_recipient_reject_code = 550
conf address_verify_negative_expire_time = 2s
conf address_verify_poll_count = 1
conf address_verify_map =
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
sink
    RCPT /bad/: 550 5.1.1 no such user
session
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<bad@relay.test>
S: 450 4.1.1 <bad@relay.test>: Recipient address rejected: unverified address: Address verification in progress
log: to=<bad@relay.test>, .*status=undeliverable
C: RCPT TO:<bad@relay.test>
S: 550 5.1.1
pause 3.2
C: RCPT TO:<bad@relay.test>
S: 450 4.1.1 <bad@relay.test>: Recipient address rejected: unverified address: Address verification in progress
pause 1
logcount 2 to=<bad@relay.test>, .*status=undeliverable
