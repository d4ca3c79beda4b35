# strict_mailbox_ownership = no: the file may be another's when the user may write it
user ann ben
conf strict_mailbox_ownership = no
conf mail_spool_directory = $dir/mail
prepare : > mail/ann; chmod 666 mail/ann; chown ben mail/ann
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*status=sent \(delivered to mailbox\)
run stat -c %U mail/ann; grep -c "^From " mail/ann
out= ben
out= 1
