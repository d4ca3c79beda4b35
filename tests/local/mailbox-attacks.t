# links, hard links, directories, fifos and other users' files in the place of mailboxes and of files in aliases
user ann ben cat dan eve fay gus
conf mail_spool_directory = $dir/spool
conf deliver_lock_attempts = 5
conf deliver_lock_delay = 1s
conf default_privs = games
file aliases
    postmaster ann
    f1 $dir/f/sym
    f2 $dir/f/hard
    f3 $dir/f/dir
    f4 $dir/f/exec
    f5 $dir/f/rootfile
prepare mkdir -m 1777 spool f; cd spool; : > ../target; chmod 666 ../target; ln -s ../target ann; touch ben; chown ben ben; ln ben benlink; mkdir cat; mkfifo dan; chmod 666 dan; touch eve; ln -s ../nowhere fay
prepare cd f; touch t1 hard exec rootfile; chown games t1 hard exec; ln -s t1 sym; ln hard hard2; mkdir dir; chmod 755 exec
message <> ann@mail.example.test ben@mail.example.test cat@mail.example.test dan@mail.example.test eve@mail.example.test fay@mail.example.test
message <> f1@mail.example.test f2@mail.example.test f3@mail.example.test f4@mail.example.test f5@mail.example.test
log: to=<ann@.*status=(bounced|deferred) \(cannot update mailbox \S+/spool/ann for user ann\. .*symbolic link
log: to=<ben@.*status=(bounced|deferred) \(cannot update mailbox \S+/spool/ben for user ben\. file has 2 hard links
log: to=<cat@.*status=(bounced|deferred) \(cannot update mailbox \S+/spool/cat for user cat\. 
log: to=<dan@.*status=(bounced|deferred) \(cannot update mailbox \S+/spool/dan for user dan\. 
log: to=<eve@.*status=(bounced|deferred) \(cannot update mailbox \S+/spool/eve for user eve\. 
log: to=<fay@.*status=(bounced|deferred) \(cannot update mailbox \S+/spool/fay for user fay\. 
log: to=<f1@.*status=(bounced|deferred) \(cannot append message to file \S+/f/sym: .*symbolic link
log: to=<f2@.*status=(bounced|deferred) \(cannot append message to file \S+/f/hard: file has 2 hard links
log: to=<f3@.*status=(bounced|deferred) \(cannot append message to file \S+/f/dir: 
log: to=<f4@.*status=(bounced|deferred) \(cannot append message to file \S+/f/exec: file is executable
log: to=<f5@.*status=(bounced|deferred) \(cannot append message to file \S+/f/rootfile: .*Permission denied
run cat target spool/ben spool/eve f/t1 f/hard f/exec f/rootfile | wc -c; ls
out= 0
noout: ^nowhere$
