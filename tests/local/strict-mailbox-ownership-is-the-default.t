# a mailbox that belongs to another user gets nothing
user ann ben
conf mail_spool_directory = $dir/mail
prepare : > mail/ann; chmod 666 mail/ann; chown ben mail/ann
message alice@example.test ann@mail.example.test
log: warning: specify "strict_mailbox_ownership = no" to ignore mailbox ownership mismatch
log: to=<ann@mail\.example\.test>, .*dsn=4\.2\.0, status=deferred \(cannot update mailbox \S+/mail/ann for user ann\. destination \S+/mail/ann is not owned by recipient\)
