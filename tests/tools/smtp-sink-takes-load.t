# smtp-source and smtp-sink together, over TCP and a UNIX-domain socket, with large messages
need SMTP_SINK SMTP_SOURCE
nostart
run smtp-sink -u $localuser -R / 127.0.0.1:$port_k 100 >/dev/null 2>&1 &
run sleep 0.3; smtp-source -s 20 -m 300 -l 5000 127.0.0.1:$port_k
run smtp-source -d -s 4 -m 8 -l 3000000 -T 20000 127.0.0.1:$port_k
run mkdir -m 777 s; smtp-sink -L -u $localuser unix:$dir/s/s 10 >/dev/null 2>&1 &
run sleep 0.3; smtp-source -L -d -s 3 -m 100 unix:$dir/s/s
