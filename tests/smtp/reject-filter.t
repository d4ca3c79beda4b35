# smtpd_reject_filter_maps: another refusal takes the place of one, before the footer; acceptance does not
need SMTPD
since 3.11
conf smtpd_reject_filter_maps = regexp:$dir/filter
conf smtpd_reject_footer = \c. Ask us
conf smtpd_error_sleep_time = 0
file filter
    /^554 5\.7\.1 <(.*)>: Relay access denied/ 450 4.7.1 <$1>: not today
    /^50[0-9] 5\.5\.2 / 250 2.0.0 fine
    /User unknown/ 521 5.1.1 Go away
conf smtpd_relay_restrictions = reject_unauth_destination
conf mynetworks = 192.0.2.0/24
open
S: 220
C: EHLO client.test
R: 250
C: FOO
S= 500 5.5.2 Error: command not recognized. Ask us
log: warning: .*smtpd_reject_filter_maps.*250 2.0.0 fine
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<x@away.test>
S= 450 4.7.1 <x@away.test>: not today. Ask us
C: RCPT TO:<nobody@example.test>
S= 521 5.1.1 Go away. Ask us
eof
