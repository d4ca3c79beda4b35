# codes and texts of refused addresses; failures that are not kept; a sender that changes
need SMTPD SMTP VERIFY
timeout 120
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf address_verify_poll_delay = 1s
conf address_verify_poll_count = 10
conf unverified_recipient_reject_code = 550
conf unverified_recipient_defer_code = 451
conf unverified_recipient_tempfail_action = defer
conf address_verify_sender = probe@x.test
conf address_verify_sender_ttl = 1h
conf smtp_address_verify_target = data
conf address_verify_map =
conf smtpd_peername_lookup = no
sink
    RCPT /bad@relay.test/: 550 5.1.1 no such user
    DATA: 554 5.5.5 no data
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<bad@relay.test>
S= 550 5.1.1 <bad@relay.test>: Recipient address rejected: undeliverable address: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)
C: RCPT TO:<good@relay.test>
S= 550 5.1.1 <good@relay.test>: Recipient address rejected: undeliverable address: host 127.0.0.1[127.0.0.1] said: 554 5.5.5 no data (in reply to DATA command)
sink: MAIL FROM:<probe[0-9BCDFGHJKLMNPQRSTVWXYZ]+@x.test>
