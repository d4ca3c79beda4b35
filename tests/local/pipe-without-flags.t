# pipe without flags: content alone; recipients in one command; case and quotes as they are
conf transport_maps = inline:{Pipe.Test=keep:Next.HOP}
conf relay_domains = pipe.test
conf recipient_delimiter = +
master keep unix - n n - - pipe user=games:users directory=$dir/tmp argv=$dir/save ${sender} to=${recipient} u=$user e=$extension m=$mailbox d=$domain h=$nexthop s=$size
file save 755
    #!/bin/sh
    cat > in; id > id; for a in "$@"; do echo "[$a]"; done > args
prepare mkdir -m 777 $dir/tmp
message <> "Ann(b"@Pipe.Test Bob+Ext@Pipe.Test
    Subject: one

    From here
    .dot
log: to=<"Ann\(b"@Pipe\.Test>, relay=keep, .*status=sent
log: to=<Bob\+Ext@Pipe\.Test>, relay=keep, .*status=sent
run cat tmp/in
noout: ^From [^h]
noout: ^(Return-Path|Delivered-To|X-Original-To)
out= From here
out= .dot
run cat tmp/args
out= [MAILER-DAEMON]
out= [to=Ann(b@Pipe.Test]
out= [to=Bob+Ext@Pipe.Test]
out= [u=Ann(b]
out= [u=Bob]
out= [e=Ext]
out= [m=Ann(b]
out= [m=Bob+Ext]
out= [d=Pipe.Test]
out= [h=Next.HOP]
out: ^\[s=\d+\]$
run cat tmp/id
out: \(games\) gid=\d+\(users\)
run grep -c 'e=' tmp/args
