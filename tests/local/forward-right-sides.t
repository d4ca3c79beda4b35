# .forward: ~/file, comments, lines without an address, commands with their directory; \user; an own name
user ann ben cat dan eve
conf recipient_delimiter = +
conf mail_spool_directory = $dir/spool
file home/ann/.forward
    # comment
    
    \ann, "|cat > $HOME/out1" (comment)
    ~/box
    ~/md/
    | /usr/bin/env > $HOME/never
file home/ben/.forward
    ben, ben@mail.example.test
    \ben
file home/cat/.forward
    # only a comment
file home/dan/.forward
    :include:list
file home/eve/.forward
    :include:~/list
prepare mkdir -m 1777 spool; for u in ann ben cat dan eve; do chown -R $u home/$u; done
run for i in ann ben cat dan eve; do printf 'Subject: n\n\nbody\n' | sendmail -f '<>' $i@mail.example.test; done
log: to=<ann@.*status=sent \(delivered to file: \S+/home/ann/box\)
log: to=<ann@.*status=sent \(delivered to maildir\)
log: to=<ann@.*status=sent \(delivered to command: /usr/bin/env\)
log: to=<ann@.*status=sent \(delivered to mailbox\)
log: to=<ben@.*status=sent
log: to=<cat@.*status=sent
log: to=<dan@.*dsn=5\.3\.5, status=bounced
log: to=<eve@.*dsn=5\.3\.5, status=bounced
run ls home/ann; grep -c Subject spool/ann spool/ben spool/cat
out= box
out= md
out= spool/ben:1
