# smtp-sink refuses, drops and closes at the commands it is told
need SMTP_SINK
nostart
run smtp-sink -u $localuser -f connect,ehlo,. -r "helo rcpt" -b "451 4.4.4 mine" -B "599 5.9.9 no" 127.0.0.1:$port_k 10 >/dev/null 2>&1 &
open k
S= 599 5.9.9 no
C: EHLO x
S= 599 5.9.9 no
C: HELO x
S= 451 4.4.4 mine
C: MAIL FROM:<a>
S= 250 2.1.0 Ok
C: RCPT TO:<a>
S= 451 4.4.4 mine
C: DATA
S= 503 5.5.1 Error: need RCPT command
run smtp-sink -u $localuser -q rcpt -Q . 127.0.0.1:$port_q 10 >/dev/null 2>&1 &
open q
S: 220
C: MAIL FROM:<a>
S: 250
C: RCPT TO:<a>
eof
run smtp-sink -u $localuser -Q .,vrfy 127.0.0.1:$port_z 10 >/dev/null 2>&1 &
open z
S: 220
C: EHLO x
R: 250
raw "MAIL FROM:<x>\r\nRCPT TO:<y>\r\nDATA\r\n"
R: 250
R: 250
R: 354
C: .
S= 421 4.0.0 Server closing connection
eof
run smtp-sink -u $localuser -f nosuch :$port_n 1
status 1
out= smtp-sink: fatal: unknown command: nosuch
run smtp-sink -u $localuser -b "250 x" :$port_n 1
status 1
out: bad soft error reply: 250 x
