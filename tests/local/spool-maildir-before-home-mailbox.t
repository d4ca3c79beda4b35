# mail_spool_directory ending with / comes before a home_mailbox that is an mbox
user ann
conf home_mailbox = Mailbox
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=sent \(delivered to maildir\)
maildir ann 1
