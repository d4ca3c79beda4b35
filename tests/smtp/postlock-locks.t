# postlock keeps others away from a mailbox and passes on the command's exit status
need POSTLOCK
nostart
conf mailbox_delivery_lock = fcntl, dotlock
conf deliver_lock_attempts = 2
conf deliver_lock_delay = 1s
run touch box; chmod 600 box; postlock $dir/box sh -c 'test -e $dir/box.lock && exit 7'
status 7
run test ! -e $dir/box.lock
run postlock -l flock $dir/box sh -c 'test ! -e $dir/box.lock'
run postlock -l dotlock $dir/box postlock -l dotlock $dir/box echo never
status 75
noout: never
run postlock -l flock $dir/box postlock -l flock $dir/box echo never
status 75
noout: never
run touch $dir/box.lock; postlock -l dotlock $dir/box echo never
status 75
run postlock -l magic $dir/box true
status 75
run postlock $dir/box
status 75
