# somebody who turns a mailbox into a link again and again: nothing is ever written through it
need postlet
user ann ben
conf mail_spool_directory = $dir/spool
conf deliver_lock_attempts = 1
conf mailbox_delivery_lock = fcntl
file race.py
    import os
    home = os.stat("home/ann"); os.setegid(home.st_gid); os.seteuid(home.st_uid)
    while not os.path.exists("stop"):
        for make in (lambda: os.symlink("../target", "spool/ann"), lambda: os.close(os.open("spool/ann", os.O_CREAT | os.O_EXCL, 0o600))):
            try:
                os.unlink("spool/ann")
            except OSError:
                pass
            try:
                make()
            except OSError:
                pass
prepare mkdir -m 1777 spool; : > target; chown ben target; chmod 666 target
run python3 race.py > race.out 2>&1 &
run for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sendmail -f alice@example.test ann@mail.example.test < /dev/null; done
log: to=<ann@mail\.example\.test>
pause 2
run touch stop; wc -c < target
out= 0
