# smtp-sink leaves out what it is told to
need SMTP_SINK
nostart
run smtp-sink -u $localuser -p -a -8 -N -E -C -F -h me.test 127.0.0.1:$port_k 10 >/dev/null 2>&1 &
open k
S= 220 me.test ESMTP
C: EHLO x
R: 250-me.test\n250 $
C: XCLIENT a
S= 500 5.5.1 Error: unknown command
C: XFORWARD a
S= 500 5.5.1 Error: unknown command
run smtp-sink -u $localuser -e 127.0.0.1:$port_e 10 >/dev/null 2>&1 &
open e
S= 220 smtp-sink
C: EHLO x
S= 500 5.5.1 Error: unknown command
C: HELO x
S= 250 smtp-sink
run smtp-sink -u $localuser -P 127.0.0.1:$port_p 10 >/dev/null 2>&1 &
open p
S= 220 ********
C: EHLO x
S= 500 5.5.1 Error: unknown command
run smtp-sink -u $localuser -L 127.0.0.1:$port_l 10 >/dev/null 2>&1 &
open l
S= 220 smtp-sink ESMTP
C: EHLO x
S= 500 5.5.1 Error: unknown command
C: LHLO x
R: 250-smtp-sink\n250-PIPELINING
raw "MAIL FROM:<x>\r\nRCPT TO:<y>\r\nRCPT TO:<z>\r\nDATA\r\n.\r\n"
R: 250 2.1.0
R: 250 2.1.5
R: 250 2.1.5
R: 354
S= 250 2.2.0 Ok
S= 250 2.2.0 Ok
