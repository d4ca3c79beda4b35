# what cleanup refuses is told in the reply to the final dot; the session goes on
need SMTPD VIRTUAL MAP_REGEXP
conf hopcount_limit = 5
conf message_size_limit = 20000
conf header_checks = regexp:$dir/checks
conf body_checks = regexp:$dir/checks
file checks
    /^Subject: spam/   REJECT 5.7.9 no spam here
    /^Subject: plain/  REJECT
    /^forbidden/       REJECT mind your language
session
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
raw "Received: x\r\n" * 5
C: 
C: body
C: .
S= 554 5.4.0 Error: too many hops
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: Subject: spam
C: 
C: .
S= 550 5.7.9 no spam here
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: Subject: plain
C: 
C: .
S= 550 5.7.1 message content rejected
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: Subject: x
C: 
C: forbidden word
C: .
S= 550 5.7.1 mind your language
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: Subject: x
C: 
raw "0123456789012345678901234567890123456789012345678901234567890123456789\r\n" * 300
C: .
S= 552 5.3.4 Error: message file too big
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: Subject: good
C: 
C: .
S: 250 2.0.0 Ok: queued as
wait delivered alice 1
has: ^Subject: good
log: cleanup\[\d+\]: \w+: reject: header Subject: spam from \S+\[127.0.0.1\]; from=<ann@client.test> to=<alice@example.test> proto=ESMTP helo=<[^>]*>: 5.7.9 no spam here
log: cleanup\[\d+\]: \w+: reject: body forbidden word from \S+\[127.0.0.1\]; from=<ann@client.test> to=<alice@example.test> proto=ESMTP helo=<[^>]*>: 5.7.1 mind your language
log: warning: \w+: message rejected: hopcount exceeded
log: warning: \w+: queue file size limit exceeded
queue empty
