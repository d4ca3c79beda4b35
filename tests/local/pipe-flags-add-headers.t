# pipe: flags D O R F B . > and u h q; what the command gets
conf transport_maps = inline:{Pipe.Test=keep:Next.HOP}
conf relay_domains = pipe.test
conf keep_destination_recipient_limit = 1
conf recipient_delimiter = +
master keep unix - n n - - pipe flags=DORFB.>huq user=games directory=$dir/tmp argv=$dir/save $(sender) ${recipient} $original_recipient ${user} ${extension} ${mailbox} ${domain} ${nexthop} x${queue_id}x $$
file save 755
    #!/bin/sh
    cat > in; for a in "$@"; do echo "[$a]"; done > args
prepare mkdir -m 777 $dir/tmp
message al.ice@example.test Ann.X+Box@Pipe.Test
    Subject: one

    From here
    .dot
    ..dots
    last
log: to=<"?Ann\.X\+Box"?@Pipe\.Test>, relay=keep, .*dsn=2\.0\.0, status=sent \(delivered via keep service\)
run cat tmp/in
out: \AFrom al\.ice@example\.test  \w{3} \w{3}
out= Return-Path: <al.ice@example.test>
out= X-Original-To: Ann.X+Box@Pipe.Test
out= Delivered-To: Ann.X+Box@Pipe.Test
out= >From here
out= ..dot
out= ...dots
out: ^last\n\n\Z
run cat tmp/args
out= [al.ice@example.test]
out= [ann.x+box@pipe.test]
out= [ann.x]
out= [box]
out= [ann.x+box]
out= [pipe.test]
out= [next.hop]
out: ^\[x\w+x\]$
out= [$]
