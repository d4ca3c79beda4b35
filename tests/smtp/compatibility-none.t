# at the newest level, or where the old value is set, nothing is said of old defaults
need SMTPD VIRTUAL
conf compatibility_level = 3.6
conf append_dot_mydomain = yes
conf transport_maps = static:discard
conf mydomain = example.test
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<x@host>
R: 250
C: QUIT
R: 221
nolog: backwards-compat
