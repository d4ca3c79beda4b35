# smtp-sink counts and ends after so many sessions or messages; -m limits what it serves at once
need SMTP_SINK
nostart
run smtp-sink -u $localuser -c -n 2 127.0.0.1:$port_k 10 >counts 2>&1 &
open k as one
S: 220
raw "MAIL FROM:<x>\r\nRCPT TO:<y>\r\nDATA\r\n.\r\nQUIT\r\n"
R: 250
R: 250
R: 354
R: 250
R: 221
eof
run cat counts
out: ^sess=0 quit=0 mesg=1\rsess=1 quit=1 mesg=1\r$
open k
S: 220
close
run for i in 1 2 3 4 5 6 7 8 9; do test "$(tail -c 21 counts | tr '\r' x)" = "sess=2 quit=1 mesg=1x" && exit; sleep .1; done; cat counts
out: ^$
run smtp-sink -u $localuser -m 1 -M 1 127.0.0.1:$port_m 10 >/dev/null 2>&1 &
open m as first
S: 220
open m as second
use first
C: MAIL FROM:<x>
R: 250
close
use second
S: 220
