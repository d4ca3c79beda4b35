# biff: a datagram for comsat tells where the new mail begins; biff = no: nothing is said
user bffa bffb
conf biff = no
conf mail_spool_directory = $dir/mail
conf transport_maps = inline:{bffa@mail.example.test=loud}
master loud unix - n n - - local -o biff=yes
file comsat.py
    # Other tests' datagrams come here too.
    import os, socket
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 512))
    s.settimeout(30)
    open("ready", "w")
    got = []
    while len(got) < 2:
        text = s.recv(100)
        if text.startswith(b"bff"):
            got.append(repr(text) + "\n")
    open("part", "w").writelines(got)
    os.rename("part", "biff.out")
run python3 comsat.py > /dev/null 2>&1 &
wait file ready
message alice@example.test bffb@mail.example.test
log: to=<bffb@.*status=sent \(delivered to mailbox\)
message alice@example.test bffa@mail.example.test
log: to=<bffa@.*status=sent \(delivered to mailbox\)
run wc -c < mail/bffa > first
message alice@example.test bffa@mail.example.test
wait file biff.out
run sed "s/@$(cat first)/@SECOND/" biff.out
out: ^b'bffa@0\\x00'$
out: ^b'bffa@SECOND\\x00'$
noout: bffb
