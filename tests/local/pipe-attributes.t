# pipe: size=, eol=, directory=, null_sender=, chroot=
need root
conf transport_maps = inline:{size.test=sized,eol.test=eol,jail.test=jail}
conf relay_domains = size.test eol.test jail.test
master sized unix - n n - - pipe user=games size=300 argv=/bin/true
master eol unix - n n - - pipe user=games directory=$dir/tmp eol=\r\n null_sender=nobody@null.test argv=$dir/save ${sender}
master jail unix - n n - - pipe user=games chroot=$dir/jail directory=/sub argv=/bin/busybox sh -c { /bin/busybox pwd > /sub/out; /bin/busybox cat > /sub/in }
file save 755
    #!/bin/sh
    cat > in; echo "$1" > sender
prepare mkdir -m 777 $dir/tmp; mkdir -p $dir/jail/bin $dir/jail/sub; chmod 777 $dir/jail/sub; if test -x /bin/busybox; then cp /bin/busybox $dir/jail/bin; fi; true
message alice@example.test a@size.test
    Subject: a message that is larger than the limit

    body body body body body body body body body
log: to=<a@size\.test>, relay=sized, .*dsn=5\.2\.3, status=bounced \(message too large\)
maildir alice 1
message <> a@eol.test
    Subject: lines

    body
log: to=<a@eol\.test>, relay=eol, .*status=sent
run grep -c "$(printf 'body\r')" tmp/in; cat tmp/sender
out= 1
out= nobody@null.test
message alice@example.test a@jail.test
log: to=<a@jail\.test>, relay=jail, .*status=
