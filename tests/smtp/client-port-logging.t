# smtpd_client_port_logging adds the client's port
need SMTPD
conf smtpd_client_port_logging = yes
conf smtpd_peername_lookup = no
open
S: 220
C: QUIT
S: 221
log: : connect from unknown\[127\.0\.0\.1\]:\d+$
log: : disconnect from unknown\[127\.0\.0\.1\]:\d+ quit=1
