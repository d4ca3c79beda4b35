# probes have routes of their own
need SMTPD SMTP VERIFY
timeout 120
conf relay_domains = relay.test, mapped.test
conf relay_recipient_maps =
conf relay_transport = smtp:[127.0.0.1]:$port_closed
conf default_transport = smtp:[127.0.0.1]:$port_closed
conf address_verify_relay_transport = smtp:$sink
conf address_verify_virtual_transport = error:5.1.1 virtual probe
conf address_verify_local_transport = error:5.1.1 local probe
conf address_verify_transport_maps = inline:{{mapped.test=error:5.1.1 mapped probe}}
conf address_verify_default_transport = smtp
conf address_verify_relayhost = $sink
conf smtpd_recipient_restrictions = reject_unverified_recipient, permit
conf address_verify_poll_delay = 1s
conf address_verify_poll_count = 5
conf address_verify_map =
conf smtpd_peername_lookup = no
sink
    RCPT /far/: 550 5.1.1 too far
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<good@relay.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 450 4.1.1 <alice@example.test>: Recipient address rejected: unverified address: virtual probe
C: RCPT TO:<postmaster@mail.example.test>
S= 450 4.1.1 <postmaster@mail.example.test>: Recipient address rejected: unverified address: local probe
C: RCPT TO:<x@mapped.test>
S= 450 4.1.1 <x@mapped.test>: Recipient address rejected: unverified address: mapped probe
C: RCPT TO:<far@away.test>
S: 450 4.1.1 <far@away.test>: Recipient address rejected: unverified address: host 127.0.0.1\[127.0.0.1\] said: 550 5.1.1 too far
