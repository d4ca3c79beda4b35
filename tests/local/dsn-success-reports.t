# success notices of local mail: delivered, expanded, relayed; RET, ENVID, ORCPT
user ann ben
conf relayhost = $sink
sink
    ehlo PIPELINING
file aliases
    postmaster ben
    team ann, ben
    list ann, ben
    owner-list ben
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<alice@example.test> RET=HDRS ENVID=abc+2Bdef
S: 250
C: RCPT TO:<ann@mail.example.test> NOTIFY=SUCCESS ORCPT=rfc822;Orig+2Bx@else.test
S: 250
C: RCPT TO:<team@mail.example.test> NOTIFY=SUCCESS,FAILURE
S: 250
C: RCPT TO:<list@mail.example.test> NOTIFY=SUCCESS,DELAY
S: 250
C: RCPT TO:<far@far.test> NOTIFY=SUCCESS
S: 250
C: RCPT TO:<dave@example.test> NOTIFY=SUCCESS
S: 250
C: RCPT TO:<bob@example.test> NOTIFY=NEVER
S: 250
C: DATA
S: 354
C: Subject: one
C: X-Mark: yes
C:
C: the body
C: .
S: 250
C: QUIT
queue empty
maildir alice 1
has= Original-Envelope-Id: abc+def
has: ^Arrival-Date: \w{3}, 
