# address_verify_negative_refresh_time: a bad answer this old still counts while another probe is on its way
need SMTPD SMTP VERIFY
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf unverified_recipient_reject_code = 550
conf address_verify_poll_delay = 1s
conf address_verify_negative_refresh_time = 2s
conf address_verify_map =
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
sink
    RCPT /bad/: 550 5.1.1 no such user
session
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<bad@relay.test>
S: 550 5.1.1 <bad@relay.test>: Recipient address rejected: undeliverable address: host 127.0.0.1
C: RCPT TO:<bad@relay.test>
S: 550 5.1.1
logcount 1 to=<bad@relay.test>, .*status=undeliverable
pause 3.2
C: RCPT TO:<bad@relay.test>
S: 550 5.1.1
pause 1
logcount 2 to=<bad@relay.test>, .*status=undeliverable
