# pipe: a macro that does not exist; the mail waits
conf transport_maps = inline:{pipe.test=bad}
conf relay_domains = pipe.test
master bad unix - n n - - pipe user=games argv=/bin/echo $nosuch
message alice@example.test a@pipe.test
log: pipe\[\d+\]: warning: file \S+/etc/master\.cf: service bad: unknown macro name: "nosuch"
log: to=<a@pipe\.test>, relay=bad, .*dsn=4\.3\.5, status=deferred \(mail system configuration error\)
