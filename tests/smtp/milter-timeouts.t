# Time limits for connecting, for commands, and for content; progress reports extend them
milter
    negotiate: sleep 3
    negotiate: nothing
    mail: sleep 3 ; continue
    mail: continue
    eom: sleep 3 ; continue
    eom: sleep 1 ; progress ; sleep 1 ; progress ; sleep 1 ; addheader X-Patient: yes ; continue
conf milter_connect_timeout = 1s
conf milter_command_timeout = 1s
conf milter_content_timeout = 2s
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
close
log: warning: milter inet:127.0.0.1:\d+: can't read SMFIC_OPTNEG
session
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
close
log: warning: milter inet:127.0.0.1:\d+: can't read SMFIC_MAIL reply packet header: Connection timed out
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
C: x
C: .
S= 451 4.7.1 Service unavailable - try again later
close
log: warning: milter inet:127.0.0.1:\d+: can't read SMFIC_BODYEOB reply packet header: Connection timed out
message a@client.test alice@example.test
maildir alice 1
has: ^X-Patient: yes$
