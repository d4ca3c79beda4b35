# pipe runs nothing as root, as the owner of the queue or with its groups; user=name: is the user's own group
need PIPE SMTPD root
conf service_throttle_time = 1s
conf transport_maps = inline:{ a.test=root, b.test=owner, c.test=rootgroup, d.test=ownergroup, e.test=dropgroup, f.test=nogroup, g.test=nobody, h.test=good }
conf relay_domains = a.test b.test c.test d.test e.test f.test g.test h.test
conf setgid_group = $setgid
master root unix - n n - - pipe user=root argv=/bin/true
master owner unix - n n - - pipe user=$owner argv=/bin/true
master rootgroup unix - n n - - pipe user=games:root argv=/bin/true
master ownergroup unix - n n - - pipe user=games:$owner argv=/bin/true
master dropgroup unix - n n - - pipe user=games:$setgid argv=/bin/true
master nogroup unix - n n - - pipe user=games:nosuchgroup argv=/bin/true
master nobody unix - n n - - pipe user=nosuchuser argv=/bin/true
master good unix - n n - - pipe user=games: argv=/bin/true
message <> x@a.test x@b.test x@c.test x@d.test x@e.test x@f.test x@g.test x@h.test
log: to=<x@h\.test>, relay=good, .*status=sent
log: pipe\[\d+\]: fatal: .*root.* privileges
log: pipe\[\d+\]: fatal: .*(mail_owner|mail system owner)
log: pipe\[\d+\]: fatal: .*(setgid_group|mail system postdrop)
log: pipe\[\d+\]: fatal: .*nosuchgroup
log: pipe\[\d+\]: fatal: .*nosuchuser
nolog: to=<x@[a-g]\.test>.*status=sent
run postsuper -d ALL
