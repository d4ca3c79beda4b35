# commands, files and includes of an alias have the rights of the table's owner; an owner without an account: the mail waits
need LOCAL POSTALIAS root
user ann ben cat
conf alias_maps = texthash:$dir/a.ann, texthash:$dir/a.lost, regexp:$dir/a.re, cdb:$dir/a.cdb, inline:{ { in1 = "|id -un > $dir/tmp/in1" } }
conf local_recipient_maps =
conf default_privs = games
conf mail_spool_directory = $dir/spool
file a.ann
    an1 "|(id -un; echo $HOME $SHELL $USER) > $dir/tmp/an1"
    an2 $dir/tmp/an2
    an3 :include:$dir/secret
    an4 ~/box
    an5 "|id -un > $dir/tmp/an5", ben
    owner-an5 cat
    an6 root1
    postmaster ben
file a.lost
    lo1 "|id > $dir/tmp/lo1"
file a.re
    /^re1$/ "|id -un > $dir/tmp/re1"
file a.cdb
    cd1: "|id -un > $dir/tmp/cd1"
    root1: "|id -un > $dir/tmp/root1"
file secret 600
    ben, "|id > $dir/tmp/never"
prepare mkdir -m 777 tmp; mkdir -m 1777 spool; chown ann a.ann a.re; chown 54321 a.lost; postalias cdb:$dir/a.cdb; chown cat a.cdb.cdb
run for i in an1 an2 an3 an4 an5 an6 lo1 re1 cd1 in1; do printf 'Subject: n\n\nbody\n' | sendmail -f '<>' $i@mail.example.test; done
log: to=<an3@.*dsn=5\.3\.5, status=bounced
log: to=<an4@.*status=sent \(delivered to file: \S+/home/ann/box\)
log: to=<lo1@.*dsn=4\.3\.0, status=deferred \(cannot find alias database owner\)
log: to=<in1@.*status=sent
log: to=<cd1@.*status=sent
log: to=<an6@.*status=sent
run cd tmp; stat -c '%n %U' *; cat an1; ls
out= an1 ann
out: home/ann /bin/sh an1$
out= an2 ann
out= an5 ann
out= re1 ann
out= cd1 cat
out= root1 cat
out= in1 games
noout: never|lo1
run postsuper -d ALL
