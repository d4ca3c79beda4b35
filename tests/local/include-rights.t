# :include: files: commands and files in them run as their owner, root's as default_privs; which files are not read
user ann ben cat
conf mail_spool_directory = $dir/spool
conf default_privs = games
conf allow_mail_to_commands = alias, forward, include
conf allow_mail_to_files = alias, forward, include
file aliases
    postmaster ben
    mine :include:$dir/userfile
    roots :include:$dir/rootfile
    both ann, :include:$dir/secret
    open :include:$dir/open
    fifo :include:$dir/fifo
    lost :include:$dir/lost
    nul :include:$dir/nul
file userfile
    "|id -un > $dir/tmp/userfile; echo $HOME >> $dir/tmp/userfile"
    $dir/tmp/userbox
    ~/box
file rootfile
    "|id -un > $dir/tmp/rootfile; echo x$HOME >> $dir/tmp/rootfile"
    $dir/tmp/rootbox
file secret 600
    ben
file open 666
    ben
file lost
    ben
file home/ann/.forward
    :include:$dir/secret
prepare mkdir -m 777 tmp; mkdir -m 1777 spool; chown cat userfile; chown 54321 lost; chown -R ann home/ann; mkfifo fifo; printf 'ben\0x, cat\n' > nul
message <> mine@mail.example.test roots@mail.example.test open@mail.example.test fifo@mail.example.test lost@mail.example.test
log: to=<mine@.*status=sent \(delivered to file: \S+/home/cat/box\)
log: to=<roots@.*status=sent \(delivered to file: \S+/tmp/rootbox\)
log: to=<open@.*dsn=5\.3\.5, status=bounced
log: to=<fifo@.*dsn=5\.3\.5, status=bounced
log: to=<lost@.*dsn=4\.3\.5, status=deferred
run cat tmp/userfile tmp/rootfile; stat -c '%n %U %a' tmp/userbox tmp/rootbox home/cat/box; ls spool
out= cat
out: /home/cat$
out= games
out= x
out: tmp/userbox cat 600
out: tmp/rootbox games 600
noout: ^ben$
# what ann may not read does not keep the alias from reading it
message <> both@mail.example.test nul@mail.example.test
log: to=<ann@.*, orig_to=<both@.*dsn=5\.3\.5, status=bounced|to=<both@.*dsn=5\.3\.5, status=bounced
wait file spool/ben
