# below level 1 a lone host name gets the domain, and the log says that this is an old default
need SMTPD VIRTUAL
conf compatibility_level = 0
conf smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
conf transport_maps = static:discard
conf mydomain = example.test
conf relay_domains =
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<x@host>
R: 250
log: trivial-rewrite\[\d+\]: using backwards-compatible default setting append_dot_mydomain=yes to rewrite "host" to "host.example.test"
