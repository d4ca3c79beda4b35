# sendmail -bv: a report of what would happen; the probe writes its own header
need SMTPD SMTP VIRTUAL LOCAL
sink
    RCPT /r550@/: 550 5.1.1 <r550@sink.test>: no such user
conf smtp_tls_security_level =
file aliases
    list bob@example.test
    postmaster $localuser
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here }, { sink.test = smtp:$sink } }
run sendmail -bv -f alice@example.test bob@example.test x@bad.test list@mail.example.test ok@sink.test r550@sink.test
out= Mail Delivery Status Report will be mailed to <alice@example.test>.
maildir alice 1
has= Subject: Mail Delivery Status Report
has= <x@bad.test>: no such user here
has= <bob@example.test>: delivery via virtual: delivers to maildir
has= <bob@example.test> (expanded from <list@mail.example.test>): delivery via
has= <r550@sink.test>: delivery via 127.0.0.1[127.0.0.1]:$sinkport: host
has= Action: undeliverable
has= Action: deliverable
has= Diagnostic-Code: X-Postfix; delivery via local: forwards to bob@example.test
has= Diagnostic-Code: smtp; 250 2.1.5 Ok
has= Diagnostic-Code: smtp; 550 5.1.1 <r550@sink.test>: no such user
has= Content-Type: text/rfc822-headers
has= From: alice@example.test
has= Subject: probe
has: ^To:	bob@example.test,$
has: ^	r550@sink.test$
maildir bob 0
sinkcount 0
queue empty
