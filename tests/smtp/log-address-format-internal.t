# info_log_address_format = internal: addresses are logged without quotes
need SMTPD VIRTUAL
since 3.5
conf info_log_address_format = internal
conf virtual_mailbox_maps = static:all/
session
C: MAIL FROM:<"s p"@client.test>
S: 250
C: RCPT TO:<"a b"@example.test>
S: 250
C: DATA
S: 354
C: x
C: .
S: 250
log: from=<s p@client.test>, size=
log: to=<a b@example.test>, .*status=sent
