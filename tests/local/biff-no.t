# biff = no: comsat is not told
user ann
conf biff = no
conf mail_spool_directory = $dir/mail
run python3 -c 'import socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(("127.0.0.1",512)); open("ready","w"); s.settimeout(10); a=s.recv(100); open("biff.out","w").write(repr(a))' > /dev/null 2>&1 &
wait file ready
message alice@example.test ann@mail.example.test
log: status=sent \(delivered to mailbox\)
pause 1
run ls
noout: biff\.out
