# pipe: null_sender= stands in Return-Path: and From_ too; empty it is what it was
conf transport_maps = inline:{ a.test=a, b.test=b, c.test=c }
conf relay_domains = a.test b.test c.test
file save 755
    #!/bin/sh
    cat > $1; echo "<$2>" >> $1
master a unix - n n - - pipe flags=FR user=games directory=$dir/tmp argv=$dir/save a ${sender}
master b unix - n n - - pipe flags=FR null_sender= user=games directory=$dir/tmp argv=$dir/save b ${sender}
master c unix - n n - - pipe flags=FRq null_sender=a;b@x.test user=games directory=$dir/tmp argv=$dir/save c ${sender}
prepare mkdir -m 777 tmp
message <> x@a.test x@b.test x@c.test
queue empty
run cat tmp/a tmp/b tmp/c
out= Return-Path: <MAILER-DAEMON>
out= <MAILER-DAEMON>
out= Return-Path: <>
out= <>
out= Return-Path: <"a;b"@x.test>
out= <"a;b"@x.test>
out: ^From "a;b"@x.test 
