# virtual: an mbox with virtual_mailbox_lock = flock, size limit, base and uid
conf virtual_mailbox_lock = flock
conf virtual_mailbox_limit = 2000
conf message_size_limit = 1900
conf virtual_mailbox_base = $dir/boxes
conf virtual_mailbox_maps = inline:{{alice@example.test = a/alice}, {@example.test = all}}
prepare mkdir -m 777 boxes boxes/a
message bob@example.test alice@example.test
log: to=<alice@example\.test>, relay=virtual, .*dsn=2\.0\.0, status=sent \(delivered to mailbox\)
run stat -c '%u %g %a' boxes/a/alice; cat boxes/a/alice; ls boxes/a
out= $uid $gid 600
out: ^From bob@example\.test  
out= Return-Path: <bob@example.test>
out= X-Original-To: alice@example.test
out= Delivered-To: alice@example.test
out= alice
noout: alice\.lock
message bob@example.test anybody+x@example.test
log: to=<anybody\+x@example\.test>, relay=virtual, .*status=sent \(delivered to mailbox\)
run head -c 1600 /dev/zero | tr '\0' 'x' | fold >> boxes/a/alice; wc -c < boxes/a/alice > before
message <> alice@example.test
log: to=<alice@example\.test>, relay=virtual, .*dsn=5\.2\.2, status=bounced \(delivery failed to mailbox \S+/boxes/a/alice: error writing message: File too large\)
run test $(wc -c < boxes/a/alice) = $(cat before)
