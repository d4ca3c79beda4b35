# sun_mailtool_compatibility: lock files only
user ann
conf sun_mailtool_compatibility = yes
conf mail_spool_directory = $dir/mail
conf deliver_lock_attempts = 1
prepare : > mail/ann; chown ann mail/ann; touch mail/ann.lock
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=deferred \(cannot update mailbox \S+/mail/ann for user ann\. unable to create lock file \S+/mail/ann\.lock: File exists\)
run rm mail/ann.lock; postqueue -f
queue empty
