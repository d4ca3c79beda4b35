# biff: a datagram for comsat tells where the new mail begins
user ann
conf biff = yes
conf mail_spool_directory = $dir/mail
run python3 -c 'import socket,os; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind(("127.0.0.1",512)); open("ready","w"); s.settimeout(30); a=s.recv(100); b=s.recv(100); open("b.out","w").write(repr(a)+"\n"+repr(b)+"\n"); os.rename("b.out","biff.out")' > /dev/null 2>&1 &
wait file ready
message alice@example.test ann@mail.example.test
log: status=sent \(delivered to mailbox\)
run wc -c < $dir/mail/ann
message alice@example.test ann@mail.example.test
wait file biff.out
run sed "s/@$(head -c 100000 $dir/mail/ann | awk '/^From /&&NR>1{exit}{n+=length+1}END{print n}')/@SECOND/" biff.out
out: ^b'ann@0\\x00'$
out: ^b'ann@SECOND\\x00'$
