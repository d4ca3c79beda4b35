# XFORWARD is for the log
need SMTPD
conf smtpd_authorized_xforward_hosts = 127.0.0.0/8, !127.0.0.2
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT
C: XFORWARD
S= 501 5.5.4 Syntax: XFORWARD attribute=value...
C: XFORWARD FOO=BAR
S= 501 5.5.4 Bad XFORWARD attribute name: FOO
C: XFORWARD NAME=orig.test ADDR=192.0.2.9 HELO=orighelo PROTO=ESMTP
S= 250 2.0.0 Ok
C: XFORWARD IDENT=ABC PORT=99 SOURCE=REMOTE
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: XFORWARD NAME=x.test
S= 503 5.5.1 Error: MAIL transaction in progress
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
log: \w+: client=localhost\[127\.0\.0\.1\], orig_queue_id=ABC, orig_client=orig\.test\[192\.0\.2\.9\]
C: DATA
S= 354 End data with <CR><LF>.<CR><LF>
C: Subject: x
C: .
S: 250 2\.0\.0 Ok: queued as \w+
