# local_delivery_status_filter changes codes and texts
user ann
conf local_recipient_maps =
conf local_delivery_status_filter = regexp:$dir/filter
conf mailbox_command = echo "disk on fire"; exit 69
file filter
    /^5\.3\.0 (.*on fire.*)/ 4.3.9 try later: $1
    /^5\.1\.1 (.*)/ 5.7.27 go away
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, .*dsn=4\.3\.9, status=deferred \(try later: service unavailable\. Command output: disk on fire ?\)
message alice@example.test nouser@mail.example.test
log: to=<nouser@mail\.example\.test>, .*dsn=5\.7\.27, status=bounced \(go away\)
maildir alice 1
has= Status: 5.7.27
