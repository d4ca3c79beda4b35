# address_verify_pending_request_limit: so many probes at once, more of them are not sent
need SMTPD SMTP VERIFY
conf relay_domains = relay.test
conf relay_recipient_maps =
conf relay_transport = smtp:$sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf address_verify_pending_request_limit = 1
conf address_verify_poll_count = 1
conf address_verify_map =
conf smtpd_peername_lookup = no
sink
    delay RCPT 4
session
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<one@relay.test>
S: 450 4.1.1
sink: RCPT TO:<one@relay.test>
C: RCPT TO:<two@relay.test>
S: 450 4.1.1
C: RCPT TO:<three@relay.test>
S: 450 4.1.1
log: to=<three@relay.test>, .*dsn=4.3.2, status=.*Too many address verification requests
log: to=<one@relay.test>, .*status=deliverable
