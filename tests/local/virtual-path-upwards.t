# virtual: a result that leads out of where it begins is refused (a table may be made of addresses); the mail waits
need postlet VIRTUAL
conf virtual_mailbox_base = $dir/vm
conf virtual_mailbox_maps = inline:{ a@example.test=../vm2/a, b@example.test=sub/../b }
prepare mkdir -m 777 vm vm2 vm/sub
message <> a@example.test b@example.test
log: warning: recipient a@example\.test: mailbox path .* leads upwards
log: to=<a@example\.test>, .*dsn=4\.3\.5, status=deferred
log: to=<b@example\.test>, .*dsn=4\.3\.5, status=deferred
run ls vm2
noout: a
