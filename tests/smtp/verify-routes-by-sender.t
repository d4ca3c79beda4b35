# the sender of probes may have routes of its own
need SMTPD SMTP VERIFY
timeout 120
conf default_transport = smtp:[127.0.0.1]:$port_closed
conf address_verify_sender = probe@x.test
conf address_verify_sender_dependent_default_transport_maps = inline:{{probe@x.test=smtp}}
conf address_verify_sender_dependent_relayhost_maps = inline:{{probe@x.test=$sink}}
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf address_verify_poll_delay = 1s
conf address_verify_map =
conf smtpd_peername_lookup = no
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<good@away.test>
S: 250
sink: MAIL FROM:<probe@x.test>
