# a filter that is not there, or goes away: the client is told to come back
need SMTPD SMTPD_PROXY
conf smtpd_proxy_filter = 127.0.0.1:$sinkport
conf smtpd_proxy_timeout = 2s
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
master 127.0.0.1:$port_none inet n - y - - smtpd -o smtpd_proxy_filter=127.0.0.1:$port_closed
sink
    drop RCPT
    drop EOM
open none
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 451 4.3.0 Error: queue file write error
C: DATA
S: 554 5.5.1 Error: no valid recipients
log: warning: connect to proxy filter 127.0.0.1:\d+: Connection refused
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 451 4.3.0 Error: queue file write error
log: warning: lost connection with proxy 127.0.0.1:\d+
