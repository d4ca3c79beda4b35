# below level 1 and 2 old defaults let mail through, and each time the log says which
need SMTPD VIRTUAL
conf compatibility_level = 0
conf smtpd_recipient_restrictions = permit_mynetworks, check_recipient_access inline:{x@other.test=OK}, reject_unauth_destination
conf mydestination = mail.example.test, dest.test
conf append_dot_mydomain = no
conf mynetworks = 192.0.2.0/24
conf default_transport = hold:
conf transport_maps = static:discard
log: Postfix is using backwards-compatible default settings
log: To disable backwards compatibility use "postconf compatibility_level=3.6" and "postfix reload"
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<x@other.test>
R: 250
log: using backwards-compatible default setting "smtpd_relay_restrictions = \(empty\)" to avoid "Relay access denied" error for recipient "x@other.test" from client "\S+\[127.0.0.1\]"
C: RCPT TO:<x@sub.dest.test>
R: 250
log: using backwards-compatible default setting relay_domains=\$mydestination to accept mail for domain "sub.dest.test"
C: RCPT TO:<y@other.test>
R: 554 5.7.1 <y@other.test>: Relay access denied
C: RCPT TO:<alice@example.test>
R: 250
nolog: to avoid .* recipient "(y@other|alice)
