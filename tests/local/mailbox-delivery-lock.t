# mailbox_delivery_lock: fcntl, flock and dotlock are waited for, then the mail waits
user ann ben cat
conf mailbox_delivery_lock = flock, fcntl, dotlock
conf deliver_lock_attempts = 2
conf deliver_lock_delay = 2s
conf mail_spool_directory = $dir/mail
file hold.py
    import fcntl, os, sys, time
    f = open(sys.argv[2], "a")
    (fcntl.lockf if sys.argv[1] == "fcntl" else fcntl.flock)(f, fcntl.LOCK_EX)
    open(sys.argv[1] + ".ready", "w")
    while not os.path.exists("release"):
        time.sleep(0.05)
prepare for u in ann ben cat; do touch mail/$u; chown $u mail/$u; done; touch mail/cat.lock
run python3 hold.py fcntl mail/ann > /dev/null 2>&1 &
run python3 hold.py flock mail/ben > /dev/null 2>&1 &
wait file fcntl.ready
wait file flock.ready
message alice@example.test ann@mail.example.test ben@mail.example.test cat@mail.example.test
log: to=<ann@mail\.example\.test>, .*dsn=4\.2\.0, status=deferred \(cannot update mailbox \S+/mail/ann for user ann\. unable to lock for exclusive access: Resource temporarily unavailable\)
log: to=<ben@mail\.example\.test>, .*dsn=4\.2\.0, status=deferred \(cannot update mailbox \S+/mail/ben for user ben\. unable to lock for exclusive access: Resource temporarily unavailable\)
log: to=<cat@mail\.example\.test>, .*dsn=4\.2\.0, status=deferred \(cannot update mailbox \S+/mail/cat for user cat\. unable to create lock file \S+/mail/cat\.lock: File exists\)
run touch release; rm mail/cat.lock; postqueue -f
queue empty
run ls mail
noout: lock
