# stale_lock_time: an old lock file is removed
user ann
conf stale_lock_time = 5s
conf mailbox_delivery_lock = dotlock
conf mail_spool_directory = $dir/mail
prepare touch -d '1 hour ago' mail/ann.lock; chown ann mail/ann.lock
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=sent \(delivered to mailbox\)
run ls mail
noout: lock
