# smtp-sink keeps each message in a file, or all in one
need SMTP_SINK
nostart
run mkdir -m 777 d; smtp-sink -u $localuser -d "$dir/d/a/b." -S 'Start \101\t\n' 127.0.0.1:$port_k 10 >/dev/null 2>&1 &
open k
S: 220
C: EHLO x y
R: 250
raw "MAIL FROM:<a@b> SIZE=3\r\nRCPT TO:<a>\r\nRCPT TO:<b> NOTIFY=NEVER\r\nDATA\r\nSubject: x\r\n\r\n..x\r\nbare\rcr\r\n.\r\n"
R: 250
R: 250
R: 250
R: 354
R: 250
raw "MAIL FROM:<a>\r\nRCPT TO:<a>\r\nDATA\r\n"
R: 250
R: 250
R: 354
raw "half\r\n"
close
pause 1
run cat d/a/b.*
out: ^Start A\t\nX-Client-Addr: 127.0.0.1\nX-Client-Proto: ESMTP\nX-Helo-Args: x y\nX-Mail-Args: <a@b> SIZE=3\nX-Rcpt-Args: <a>\nX-Rcpt-Args: <b> NOTIFY=NEVER\nReceived: from x y \(\[127.0.0.1\]\)\n\tby smtp-sink \(smtp-sink\) with ESMTP id [0-9a-f]{8};\n\t.* \+0000 .*\nSubject: x\n\n\.x\nbare\rcr\n\n$
noout: half
run smtp-sink -u $localuser -L -D "$dir/d/all" 127.0.0.1:$port_l 10 >/dev/null 2>&1 &
open l
S: 220
raw "MAIL FROM:<1>\r\nRCPT TO:<a>\r\nDATA\r\none\r\n.\r\nMAIL FROM:<2>\r\nRCPT TO:<a>\r\nDATA\r\ntwo\r\n.\r\nQUIT\r\n"
R: 250
R: 250
R: 354
R: 250
R: 250
R: 250
R: 354
R: 250
R: 221
eof
run cat d/all
out: ^X-Client-Addr: 127.0.0.1\nX-Client-Proto: LMTP\nX-Mail-Args: <1>\nX-Rcpt-Args: <a>\nReceived: from \[127.0.0.1\] (?s:.*)\none\n\nX-Client-Addr(?s:.*)\ntwo\n\n$
run ls d
noout: all.
