# statistics are logged each anvil_status_update_time while there is work
need SMTPD
conf smtpd_client_event_limit_exceptions =
conf anvil_status_update_time = 1s
conf smtpd_peername_lookup = no
open
S: 220
C: QUIT
S: 221
pause 2
open
S: 220
log: statistics: max connection rate 1/60s for \(127\.0\.0\.1:$port:127\.0\.0\.1\) at
