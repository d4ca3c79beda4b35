# A filter that goes away in the middle, or sends nonsense
milter
    eom: hangup
    eom: connfail
    eom: raw ff
    eom: bytes 7fffffff41
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
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
log: cleanup\[\d+\]: warning: milter inet:127.0.0.1:\d+: can't read SMFIC_BODYEOB reply packet header:
log: cleanup\[\d+\]: warning: milter inet:127.0.0.1:\d+: unexpected filter response SMFIR_CONN_FAIL after event SMFIC_BODYEOB
logcount 4 milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: 4.7.1 Service unavailable
queue empty
