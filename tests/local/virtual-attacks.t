# virtual: links, directories, other users' files and missing directories in the place of mailboxes: the mail waits
need VIRTUAL root
conf virtual_mailbox_base = $dir/vm
conf virtual_minimum_uid = 100
conf virtual_uid_maps = inline:{ { uid0@example.test = 0 }, { uid99@example.test = 99 }, { minus@example.test = -1 }, { @example.test = 21000 } }
conf virtual_gid_maps = inline:{ { gid0@example.test = 0 }, { @example.test = 21000 } }
conf deliver_lock_attempts = 2
conf deliver_lock_delay = 1s
file mailboxes
    sym@example.test sym
    hard@example.test hard
    dir@example.test dir
    none@example.test no/such/box
    others@example.test others
    file@example.test file/
    root@example.test rootdir/md/
    locked@example.test locked
    null@example.test null
    up@example.test ..
    deep@example.test a/b/c/md/
    blank@example.test a b
    uid0@example.test uid0
    uid99@example.test uid99
    minus@example.test minus
    gid0@example.test gid0
prepare mkdir -m 777 vm vm/dir; mkdir vm/rootdir; cd vm; : > target; ln -s target sym; : > hard; ln hard hard2; : > others; chmod 666 others; : > file; ln -s /dev/null null; : > locked; : > locked.lock; chown 21000:21000 target hard file locked
message <> sym@example.test hard@example.test dir@example.test none@example.test others@example.test file@example.test root@example.test locked@example.test null@example.test up@example.test deep@example.test uid0@example.test uid99@example.test minus@example.test gid0@example.test
run printf 'Subject: x\n\nno newline' | sendmail -i -f '<>' blank@example.test
log: to=<sym@.*dsn=4\.2\.0, status=deferred \(delivery failed to mailbox \S+/vm/sym: file is a symbolic link\)
log: to=<hard@.*dsn=4\.2\.0, status=deferred \(delivery failed to mailbox \S+/vm/hard: file has 2 hard links\)
log: to=<dir@.*dsn=4\.2\.0, status=deferred \(delivery failed to mailbox \S+/vm/dir: cannot open file: Is a directory\)
log: to=<none@.*dsn=4\.2\.0, status=deferred
log: to=<others@.*dsn=4\.2\.0, status=deferred \(.*is not owned by recipient\)
log: to=<file@.*dsn=4\.2\.0, status=deferred \(maildir delivery failed: .*Not a directory\)
log: to=<root@.*dsn=4\.2\.0, status=deferred \(maildir delivery failed: .*Permission denied\)
log: to=<locked@.*dsn=4\.2\.0, status=deferred
log: to=<null@.*dsn=4\.2\.0, status=deferred
log: to=<up@.*dsn=4\.2\.0, status=deferred
log: to=<deep@.*status=sent \(delivered to maildir\)
log: to=<uid0@.*dsn=4\.3\.5, status=deferred
log: to=<uid99@.*dsn=4\.3\.5, status=deferred
log: to=<minus@.*dsn=4\.3\.5, status=deferred
log: to=<gid0@.*dsn=4\.3\.5, status=deferred
log: to=<blank@.*status=sent \(delivered to mailbox\)
run cat vm/target vm/hard vm/others vm/locked; find vm/a vm/rootdir -type d; stat -c '%u %a' 'vm/a b'; ls vm | grep lock
out= vm/a/b/c/md/new
out= 21000 600
out= locked.lock
run postsuper -d ALL
