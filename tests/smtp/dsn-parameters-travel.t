# RET, ENVID, NOTIFY and ORCPT reach the next hop
need SMTPD SMTP
conf relayhost = $sink
conf smtpd_relay_restrictions = permit_mynetworks, reject
sink
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@b.test> RET=HDRS ENVID=id+3D1
S= 250 2.1.0 Ok
C: RCPT TO:<x@away.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;first+2Blast@away.test
S= 250 2.1.5 Ok
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
sink: ^MAIL FROM:<a@b\.test>.* ENVID=id\+3D1 RET=HDRS
sink: ^RCPT TO:<x@away\.test> ORCPT=rfc822;first\+2Blast@away\.test NOTIFY=SUCCESS,FAILURE
