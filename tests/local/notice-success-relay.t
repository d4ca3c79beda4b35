# success reports say by which relay, and whether the next server will report itself
need SMTPD SMTP VIRTUAL
sink
sink plain
    ehlo PIPELINING SIZE
conf smtp_tls_security_level =
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here }, { sink.test = smtp:$sink }, { plain.test = smtp:$sink_plain } }
session
C: MAIL FROM:<alice@example.test> RET=FULL ENVID=env7
S: 250
C: RCPT TO:<ok@plain.test> NOTIFY=SUCCESS ORCPT=rfc822;ok@orig.test
S: 250
C: RCPT TO:<ok@sink.test> NOTIFY=SUCCESS
S: 250
C: RCPT TO:<bob@example.test> NOTIFY=SUCCESS,FAILURE
S: 250
C: DATA
S: 354
C: Subject: x
C: .
S: 250
maildir alice 1
has= Subject: Successful Mail Delivery Report
has: ^<ok@plain.test>: delivery via 127.0.0.1\[127.0.0.1\]:\d+: 250 2.0.0
has= Original-Envelope-Id: env7
has= Final-Recipient: rfc822; ok@plain.test
has= Original-Recipient: rfc822;ok@orig.test
has= Action: relayed
has= Remote-MTA: dns; 127.0.0.1
has= Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as SINK
has= <bob@example.test>: delivery via virtual: delivered to maildir
has= Action: delivered
has= Diagnostic-Code: X-Postfix; delivery via virtual: delivered to maildir
has= Content-Type: text/rfc822-headers
hasnot: ok@sink.test
sink: RCPT TO:<ok@sink.test> .*NOTIFY=SUCCESS
