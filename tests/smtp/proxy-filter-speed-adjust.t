# smtpd_proxy_options = speed_adjust: the filter is called when all of the message is here
need SMTPD SMTPD_PROXY
conf smtpd_proxy_filter = inet:127.0.0.1:$sinkport
conf smtpd_proxy_options = speed_adjust
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
sink
    RCPT /carol/: 550 5.1.1 no such user
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250 2.1.0
C: RCPT TO:<alice@example.test>
S: 250 2.1.5
nosink: connect
C: DATA
S: 354
C: Subject: x
C:
C: body of it
C: ..dot
C: .
S= 250 2.0.0 Ok: queued as SINK
sink= MAIL FROM:<a@client.test>
sink= body of it
sinkcount 1
C: MAIL FROM:<a@client.test>
S: 250 2.1.0
C: RCPT TO:<alice@example.test>
S: 250 2.1.5
C: RCPT TO:<carol@example.test>
S: 250 2.1.5
C: DATA
S: 354
C: Subject: x
C: .
S= 550 5.1.1 no such user
log: proxy-reject: END-OF-MESSAGE: 550 5.1.1 no such user; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>
sinkcount 1
