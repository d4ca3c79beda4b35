# right sides of aliases as people write them: | with blanks, ~, comments, routes, names that are no group
user ann ben
conf default_privs = games
conf mail_spool_directory = $dir/spool
conf local_recipient_maps =
conf relayhost = $sink
sink
file aliases
    postmaster ann
    a1 | "cat > $dir/tmp/a1"
    a2 | /bin/cat -u
    a3 |"cat > $dir/tmp/a3", ann
    a4 ~/file
    a5 ~ann/file
    a6 ann (un \) closed
    a7 include:$dir/list
    a8 <@far.test,@x.test:ben@mail.example.test>
    a9 \far@far.test
    b1 (nothing)
    b2 group: ann, "Ben, B" <ben@mail.example.test>;
    b3 $dir/tmp/b3 file
    b4 "$dir/tmp/b4 file"
    b5 $dir/tmp/b5/
    b6 "|/bin/sh -c \"cat > $dir/tmp/b6\""
    b7 "ann
    b8 \ann (x), /dev/null
file list
    ann
prepare mkdir -m 777 tmp; mkdir -m 1777 spool
run for i in a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3 b4 b5 b6 b7 b8; do printf 'Subject: n\n\nbody\n' | sendmail -f '<>' $i@mail.example.test; done
log: to=<a1@.*status=sent \(delivered to command: cat > \S+/tmp/a1\)
log: to=<a2@.*status=sent \(delivered to command: /bin/cat\)
log: to=<a4@.*dsn=5\.3\.5, status=bounced \(mail system configuration error\)
log: warning: unknown home directory for: ~/file
log: warning: bad home directory syntax for: ~ann/file
log: to=<ann@.*, orig_to=<a6@.*status=sent
log: to=<"include:\S+/list"@.*, orig_to=<a7@.*dsn=5\.1\.1, status=bounced
log: to=<ben@.*, orig_to=<a8@.*status=sent
log: to=<far@far\.test>, orig_to=<a9@.*status=sent
log: to=<b1@.*dsn=4\.3\.0, status=deferred \(alias database unavailable\)
log: to=<ben@.*, orig_to=<b2@.*status=sent
log: to=<file@.*, orig_to=<b3@.*dsn=5\.1\.1
log: to=<b4@.*status=sent \(delivered to file: \S+/tmp/b4 file\)
log: to=<b5@.*status=sent \(delivered to maildir\)
log: to=<b6@.*status=sent
log: to=<ann@.*, orig_to=<b7@.*status=sent
log: to=<b8@.*status=sent \(delivered to file: /dev/null\)
run ls tmp; cat list
out= a1
out= b4 file
