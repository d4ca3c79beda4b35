# Filters by client address; DISABLE; a UNIX-domain socket
milter
    unix queue/filter.sock
conf smtpd_milter_maps = inline:{{127.0.0.1=unix:filter.sock}, {127.0.0.2=DISABLE}}
need SMTPD MILTER
conf smtpd_milters = inet:127.0.0.1:1
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
milter= connect localhost 4 127.0.0.1 port
milter= eom
open from 127.0.0.2
R: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 250
open from 127.0.0.3
R: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 451
