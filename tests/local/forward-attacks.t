# .forward files that do not count: links, directories, pipes, of others, writable for all, not readable; homes below closed directories
need LOCAL root
user ann ben cat dan eve fay gus hal ida jan
conf mail_spool_directory = $dir/spool
conf recipient_delimiter = +
file home/ann/real
    jan
file home/cat/.forward
    jan
file home/dan/.forward 666
    jan
file home/eve/.forward 600
    jan
file home/fay/.forward
    jan
file home/ida/.forward
    jan
prepare mkdir -m 1777 spool; cd home; ln -s real ann/.forward; chown -h ann ann/.forward ann/real; mkdir ben/.forward; chown ben ben/.forward; chown hal cat/.forward; chown dan dan/.forward; chown root eve/.forward; chown fay fay/.forward; chmod 0 fay; mkfifo gus/.forward; chown gus gus/.forward; chown root ida/.forward; ln -s /etc/shadow hal/.forward
run for u in ann ben cat dan eve fay gus hal ida; do printf 'Subject: x\n\nb\n' | sendmail -f '<>' $u@mail.example.test; done
log: to=<ida@.*status=sent \(forwarded as
queue empty
run grep -c '^Subject' spool/* | sort
