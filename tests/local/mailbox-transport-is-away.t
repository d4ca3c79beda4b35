# mailbox_transport names a server that is not there: mail waits, and is delivered later
user ann
conf mailbox_transport = lmtp:unix:$dir/lmtp.sock
conf minimal_backoff_time = 1s
message alice@example.test ann@mail.example.test
    Subject: one

    body
log: to=<ann@mail\.example\.test>, relay=none, .*dsn=4\.4\.1, status=deferred \(connect to .*\[\S*lmtp\.sock\]: No such file or directory\)
queue deferred 1
nolog: local\[\d+\]: \w+: to=<ann
