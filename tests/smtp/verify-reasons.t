# what is said of addresses that cannot be verified is the operator's choice
need SMTPD SMTP VERIFY
timeout 120
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf transport_maps = inline:{{v.test=smtp:$sink}}
conf smtpd_sender_restrictions = reject_unverified_sender
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf unverified_recipient_reject_reason = nobody of that name
conf unverified_sender_reject_reason = we asked
conf unverified_sender_reject_code = 553
conf unverified_sender_defer_code = 452
conf unverified_sender_tempfail_action = defer
conf unverified_recipient_reject_code = 550
conf address_verify_poll_delay = 1s
conf address_verify_map =
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
sink
    RCPT /bad/: 550 5.1.1 no such user
    RCPT /late/: 450 4.2.0 later
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<bad@v.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 553 5.1.7 <bad@v.test>: Sender address rejected: undeliverable address: we asked
C: RSET
S: 250
C: MAIL FROM:<late@v.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 452 4.1.7 <late@v.test>: Sender address rejected: unverified address: we asked
C: RSET
S: 250
C: MAIL FROM:<good@v.test>
S: 250
C: RCPT TO:<bad@relay.test>
S= 550 5.1.1 <bad@relay.test>: Recipient address rejected: undeliverable address: nobody of that name
