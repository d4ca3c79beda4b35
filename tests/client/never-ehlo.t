# smtp_never_send_ehlo = yes: HELO, and nothing that needs EHLO
need SMTPD SMTP
conf relayhost = $sink
conf smtp_never_send_ehlo = yes
sink
message alice@example.test a@away.test
sink= HELO mail.example.test
nosink: ^EHLO
sink= MAIL FROM:<alice@example.test>
sinkcount 1
