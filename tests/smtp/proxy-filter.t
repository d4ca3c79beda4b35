# smtpd_proxy_filter: commands, content and replies go through a filter that speaks SMTP
need SMTPD SMTPD_PROXY
conf smtpd_proxy_filter = 127.0.0.1:$sinkport
conf smtpd_proxy_ehlo = front.example.test
conf smtpd_proxy_timeout = 10s
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
conf smtpd_sender_restrictions = check_sender_access inline:{{hold.test=HOLD},{p@pre.test=PREPEND X-A: b}}
sink
    EHLO: 250-sink.test\n250-PIPELINING\n250 XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT
    RCPT /carol/: 550 5.1.1 no such user
    EOM: 250 2.0.0 Ok: queued as SINK
    EOM: 554-5.7.1 spam\n554 5.7.1 indeed
    EOM: 250 2.0.0 Ok: queued as THIRD
    MAIL /refused/: 553 5.1.8 not you
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test> SIZE=100 BODY=8BITMIME
S: 250 2.1.0
C: RCPT TO:<alice@example.test> NOTIFY=NEVER
S: 250 2.1.5
C: RCPT TO:<carol@example.test>
S= 550 5.1.1 no such user
C: RCPT TO:<nobody@example.test>
S: 550 5.1.1 <nobody@example.test>: Recipient address rejected
C: RCPT TO:<bob@example.test>
S: 250 2.1.5
C: DATA
S: 354
C: Subject: x
C:
C: ..dot
C: .
S= 250 2.0.0 Ok: queued as SINK
C: MAIL FROM:<h@hold.test>
S: 250
C: RCPT TO:<bob@example.test>
S: 250
C: DATA
S: 354
C: .
S= 554-5.7.1 spam
S= 554 5.7.1 indeed
C: MAIL FROM:<refused@client.test>
S: 250
C: RCPT TO:<bob@example.test>
S= 553 5.1.8 not you
C: RCPT TO:<alice@example.test>
S= 553 5.1.8 not you
C: RSET
S: 250
C: MAIL FROM:<p@pre.test>
S: 250
C: RCPT TO:<bob@example.test>
S: 250
C: BDAT 15
C: Subject: bdat
S: 25
C: BDAT 0 LAST
S: 250 2.0.0 Ok: queued as THIRD
C: QUIT
S: 221
log: NOQUEUE: client=unknown\[127.0.0.1\]
log: smtpd\[\d+\]: proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as SINK; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>
log: smtpd\[\d+\]: proxy-reject: END-OF-MESSAGE: 554.5.7.1 spam.*; from=<h@hold.test> to=<bob@example.test> proto=ESMTP helo=<client.test>
log: warning: proxy 127.0.0.1:\d+ rejected "RCPT TO:<carol@example.test>": "550 5.1.1 no such user"
log: warning: access table .*: with smtpd_proxy_filter specified, action HOLD is unavailable
sink= EHLO front.example.test
sink: ^XFORWARD NAME=\[UNAVAILABLE\] ADDR=127.0.0.1 PORT=\d+ HELO=client.test IDENT=\[UNAVAILABLE\] PROTO=ESMTP SOURCE=LOCAL$
sink= MAIL FROM:<a@client.test> SIZE=100 BODY=8BITMIME
sink= RCPT TO:<alice@example.test> NOTIFY=NEVER
sink: ^X-A: b
sink: ^	by mail.example.test \(Postfix\) with ESMTP;$
sink: ^	for <bob@example.test>; 
queue empty
