# many deliveries and another program append to one mbox: every message is whole
user ann
conf home_mailbox = box
conf mail_spool_directory = $dir/mail
conf local_destination_concurrency_limit = 10
file writer.py
    import mailbox, os, time
    os.setegid(int(os.stat("home/ann").st_gid)); os.seteuid(int(os.stat("home/ann").st_uid))
    n = 0
    while n < 20:
        try:
            m = mailbox.mbox("home/ann/box"); m.lock()
        except mailbox.ExternalClashError:
            time.sleep(0.01); continue
        m.add("Subject: other\n\nother %d\n" % n); m.flush(); m.unlock(); m.close(); n += 1
    open("home/ann/other.done", "w")
run python3 writer.py > w.out 2>&1 &
run for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do printf 'Subject: n%s\n\nline one\nFrom line two\nend %s\n' $i $i | sendmail -f alice@example.test ann@mail.example.test; done
wait file home/ann/other.done
queue empty
run python3 -c 'import mailbox; m=mailbox.mbox("home/ann/box"); print(len(m), sum("end" in x.get_payload() for x in m), sum("other" in x.get_payload() for x in m), sum(x.get_payload().startswith("line one\n>From line two\nend ") for x in m))'
out= 40 20 20 20
