# the peaks of all counters are logged
need SMTPD
conf smtpd_client_event_limit_exceptions =
conf smtpd_client_message_rate_limit = 10
conf smtpd_client_recipient_rate_limit = 10
conf anvil_rate_time_unit = 2s
conf anvil_status_update_time = 3s
conf max_idle = 2s
conf smtpd_peername_lookup = no
open as a
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: RCPT TO:<bob@example.test>
S: 250
open as b
S: 220
close
open as c from 127.0.0.2
S: 220
close
use a
C: QUIT
S: 221
log: postfix/anvil\[\d+\]: statistics: max connection rate 2/2s for \(127\.0\.0\.1:$port:127\.0\.0\.1\) at \w\w\w [ \d]\d \d\d:\d\d:\d\d$
log: postfix/anvil\[\d+\]: statistics: max connection count 2 for \(127\.0\.0\.1:$port:127\.0\.0\.1\) at
log: postfix/anvil\[\d+\]: statistics: max message rate 1/2s for \(127\.0\.0\.1:$port:127\.0\.0\.1\) at
log: postfix/anvil\[\d+\]: statistics: max recipient rate 2/2s for \(127\.0\.0\.1:$port:127\.0\.0\.1\) at
log: postfix/anvil\[\d+\]: statistics: max cache size 2 at \w\w\w [ \d]\d \d\d:\d\d:\d\d$
logcount 1 statistics: max connection rate
