# pipe: one argument for each recipient, empty ones too; D and O want one recipient; q is for addresses, h not for the sender
conf transport_maps = inline:{ one.test=one, dd.test=dd, oo.test=oo, hq.test=hq }
conf relay_domains = one.test dd.test oo.test hq.test
conf recipient_delimiter = +
conf hq_destination_recipient_limit = 1
file save 755
    #!/bin/sh
    cat > /dev/null; for a in "$@"; do echo "[$a]"; done > args
master one unix - n n - - pipe flags=h user=games directory=$dir/tmp argv=$dir/save ${user} e=${extension} ${extension} ${recipient}${sender} ${user}.${domain} {a b} {} {x{y}z}
master dd unix - n n - - pipe flags=D user=games argv=/bin/true
master oo unix - n n - - pipe flags=O user=games argv=/bin/true
master hq unix - n n - - pipe flags=hq user=games directory=$dir/tmp argv=$dir/save ${sender} ${recipient} ${original_recipient} ${user} ${mailbox} ${extension} ${domain}
prepare mkdir -m 777 tmp
message <> A+x@One.Test B@one.test D+@one.test
log: to=<D\+@one\.test>, .*status=sent
run sort tmp/args; postsuper -d ALL
out= [A]
out= [e=]
out= []
out= [A+x@one.testMAILER-DAEMON]
out= [B.one.test]
out= [x{y}z]
message <> a@dd.test b@dd.test a@oo.test b@oo.test
log: warning: pipe flag .D' requires dd_destination_recipient_limit = 1
log: warning: pipe flag .O' requires oo_destination_recipient_limit = 1
log: to=<a@oo\.test>, relay=oo, .*dsn=4\.3\.5, status=deferred \(mail system configuration error\)
log: to=<b@dd\.test>, relay=dd, .*dsn=4\.3\.5, status=deferred \(mail system configuration error\)
message "Odd;"@Sender.Test "A;b+Ex;t"@HQ.test
log: to=<.A;b\+Ex;t.@HQ\.test>, .*status=sent
run cat tmp/args
out= ["Odd;"@Sender.Test]
out= ["A;b+Ex;t"@hq.test]
out= [A;b]
out= [Ex;t]
out= [hq.test]
run postsuper -d ALL
