# probes say whether addresses exist, the answers are kept, and the probe ends before the content
need SMTPD SMTP VERIFY
timeout 120
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf smtpd_sender_restrictions = check_sender_access inline:{{v.test=reject_unverified_sender}}
conf address_verify_poll_delay = 1s
conf address_verify_map =
conf smtpd_peername_lookup = no
conf transport_maps = inline:{{v.test=smtp:$sink},{bad.v.test=error:5.1.2 no such domain},{hold.v.test=retry:later}}
sink
    RCPT /bad@relay.test/: 550 5.1.1 no such user
    RCPT /late@relay.test/: 450 4.2.0 later
    RCPT /bad@v.test/: 553 5.1.3 never
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<good@relay.test>
S: 250
C: RCPT TO:<bad@relay.test>
S= 450 4.1.1 <bad@relay.test>: Recipient address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)
C: RCPT TO:<late@relay.test>
S= 450 4.1.1 <late@relay.test>: Recipient address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 450 4.2.0 later (in reply to RCPT TO command)
C: RCPT TO:<bad@relay.test>
S: 450
C: RCPT TO:<alice@example.test>
S: 250
C: RSET
S: 250
C: MAIL FROM:<bad@bad.v.test>
S: 250
C: RCPT TO:<good@relay.test>
S= 450 4.1.7 <bad@bad.v.test>: Sender address rejected: unverified address: no such domain
C: RSET
S: 250
C: MAIL FROM:<bad@hold.v.test>
S: 250
C: RCPT TO:<good@relay.test>
S= 450 4.1.7 <bad@hold.v.test>: Sender address rejected: unverified address: later
log: to=<good@relay.test>, .*dsn=2.1.5, status=deliverable \(250 2.1.5 Ok\)
log: to=<bad@relay.test>, .*dsn=5.1.1, status=undeliverable \(host
logcount 1 to=<bad@relay.test>, .*status=
sink: MAIL FROM:<double-bounce@mail.example.test>
nosink: ^DATA
