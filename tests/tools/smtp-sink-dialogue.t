# smtp-sink answers as Postfix's
need SMTP_SINK
nostart
run smtp-sink -u $localuser 127.0.0.1:$port_k 10 >/dev/null 2>&1 &
open k
S= 220 smtp-sink ESMTP
C: EHLO x
R: 250-smtp-sink\n250-PIPELINING\n250-8BITMIME\n250-AUTH PLAIN LOGIN\n250-XCLIENT NAME HELO\n250-XFORWARD NAME ADDR PROTO HELO\n250-ENHANCEDSTATUSCODES\n250-DSN\n250 $
C: HELO
S= 250 smtp-sink
C: LHLO x
S= 500 5.5.1 Error: unknown command
C: RCPT TO:<x>
S= 503 5.5.1 Error: need MAIL command
C: DATA
S= 503 5.5.1 Error: need RCPT command
C: MAIL FROM:<a@b>
S= 250 2.1.0 Ok
C: MAIL FROM:<a@b>
S= 503 5.5.1 Error: nested MAIL command
C: RSET
S= 250 2.1.0 Ok
C: NOOP
S= 250 2.0.0 Ok
C:   noop
S= 250 2.0.0 Ok
C: VRFY x
S= 250 2.0.0 Ok
C: XCLIENT A=1
S= 250 2.0.0 Ok
C: AUTH PLAIN x
S= 250 2.0.0 Ok
C: HELP
S= 500 5.5.1 Error: unknown command
C:
S= 500 5.5.2 Error: unknown command
raw "MAIL FROM:<x>\r\nRCPT TO:<y>\r\nRCPT TO:<z>\r\nDATA\r\n"
S= 250 2.1.0 Ok
S= 250 2.1.5 Ok
S= 250 2.1.5 Ok
S= 354 End data with <CR><LF>.<CR><LF>
raw "x\n.\ny\r\n..\r\n.x\r\n.\rx\r\n.\r\nMAIL FROM:<>\r\n"
S= 250 2.0.0 Ok
S= 250 2.1.0 Ok
C: RSET
S= 250 2.1.0 Ok
C: QUIT
S= 221 Bye
eof
open k
S: 220
raw "x" * 3000
eof
