# DSN options go to a server that offers DSN; otherwise success is reported from here as relayed
twin lmtp
need SMTPD SMTP
conf transport_maps = inline:{dsn.test=smtp:$sink_dsn, old.test=smtp:$sink_old}
sink dsn
sink old
    ehlo PIPELINING
session
C: MAIL FROM:<alice@example.test> RET=HDRS ENVID=Q+3D1
S: 250
C: RCPT TO:<b@dsn.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;B+2Bx@dsn.test
S: 250
C: DATA
S: 354
C: Subject: x
C: .
S: 250
sink(dsn): ^MAIL FROM:<alice@example.test> SIZE=\d+ ENVID=Q\+3D1 RET=HDRS$
sink(dsn)= RCPT TO:<b@dsn.test> ORCPT=rfc822;B+2Bx@dsn.test NOTIFY=SUCCESS,DELAY
sinkcount dsn 1
C: MAIL FROM:<alice@example.test>
S: 250
C: RCPT TO:<b@old.test> NOTIFY=SUCCESS
S: 250
C: DATA
S: 354
C: Subject: y
C: .
S: 250
sinkcount old 1
wait delivered alice
has: Action: relayed
has: Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as SINK
has: Remote-MTA: dns; 127.0.0.1
maildir alice 1
