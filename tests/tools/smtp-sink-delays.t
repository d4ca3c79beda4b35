# smtp-sink answers late, aborts content, and gives up on silent clients
need SMTP_SINK postlet
nostart
run smtp-sink -u $localuser -A 0 127.0.0.1:$port_a 10 >/dev/null 2>&1 &
open a
S: 220
raw "MAIL FROM:<x>\r\nRCPT TO:<y>\r\nDATA\r\n"
R: 250
R: 250
R: 354
S= 550 This violates SMTP
eof
run smtp-sink -u $localuser -t 1 127.0.0.1:$port_t 10 >/dev/null 2>err &
open t
S: 220
eof
run cat err
out: warning: read timeout
run smtp-sink -u $localuser -w 1 -W rcpt:1 127.0.0.1:$port_w 10 >/dev/null 2>&1 &
run a=$(date +%s%N); printf 'MAIL FROM:<x>\r\nRCPT TO:<y>\r\nDATA\r\n.\r\nQUIT\r\n' | { sleep 1; cat; sleep 3; } | timeout 20 python3 -c 'import socket,sys; s=socket.create_connection(("127.0.0.1",$port_w)); s.sendall(b"MAIL FROM:<x>\r\nRCPT TO:<y>\r\nDATA\r\n.\r\nQUIT\r\n"); f=s.makefile(); print(f.read())'; b=$(date +%s%N); test $(((b - a) / 100000000)) -ge 19
out: 354(?s:.*)250 2.0.0 Ok(?s:.*)221
