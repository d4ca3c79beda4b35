# mailbox_size_limit: a message that does not fit is returned and nothing of it stays
user ann
conf mailbox_size_limit = 2000
conf message_size_limit = 1900
conf mail_spool_directory = $dir/mail
prepare printf 'From x\n\n' > mail/ann; head -c 1800 /dev/zero | tr '\0' x | fold >> mail/ann; chown ann mail/ann; cp mail/ann before
message <> ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*dsn=5\.2\.2, status=bounced \(cannot update mailbox \S+/mail/ann for user ann\. error writing message: File too large\)
run cmp before mail/ann
