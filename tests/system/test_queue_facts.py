# test_queue_facts.py - what scripts know about a mail queue: directories, ids, notices of notices, units in templates
# SPDX-License-Identifier: ISC
import os
import re
import stat

# Directories that only the mail owner may read.
PRIVATE = "incoming active deferred hold corrupt private".split()
UNITS = (("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86400), ("weeks", 604800))
SHORT_ID, LONG_ID = r"[0-9A-F]{6,}", r"[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+"


def test_directories(t):
    t.need("root")
    i = t.instance("")
    for name in PRIVATE + ["maildrop", "public", "pid"]:
        st = os.stat(os.path.join(i.dir, "queue", name))
        if not stat.S_ISDIR(st.st_mode):
            t.fail(name + " is no directory")
        if name in PRIVATE:
            t.equal((name, stat.S_IMODE(st.st_mode), st.st_uid), (name, 0o700, t.env.owner.pw_uid))
    with open(os.path.join(i.dir, "queue", "pid", "master.pid")) as f:
        t.equal(int(f.read()), i.master_pid())


def ids(t, conf, pattern, message_id):
    t.need("VIRTUAL")
    i = t.instance(conf)
    ident = i.send("s@client.test", "alice@example.test", "X-Y: z\n\nx\n")
    if not re.fullmatch(pattern, ident):
        t.fail(ident)
    i.run("sendmail -f s@example.test alice@example.test", stdin="Subject: x\n\nx\n")
    for text in i.wait_delivered("alice", 2)[:2]:
        m = t.match(r"(?m)id (\w+)[;\n]", text)
        if "Message-Id" in text:
            t.match("^Message-Id: <%s@mail.example.test>$" % message_id.replace("ID", m.group(1)), text)


def test_short_ids(t):
    ids(t, "always_add_missing_headers = yes", SHORT_ID, r"20\d{12}\.ID")


def test_long_ids(t):
    ids(t, "enable_long_queue_ids = yes\nalways_add_missing_headers = yes", LONG_ID, "ID")


def test_hashed_directories(t):
    """deferred has a directory per first character of the id, hash_queue_depth levels."""
    i = t.instance("transport_maps = inline:{ { late.test = retry:4.2.0 later } }\nhash_queue_depth = 2")
    i.run("sendmail -f '<>' x@late.test", stdin="Subject: x\n\nx\n")
    i.wait_queue("deferred", 1)
    ident = i.queue("deferred")[0]
    if not os.path.exists(os.path.join(i.dir, "queue", "deferred", ident[0], ident[1], ident)):
        t.fail("not in its place")


def test_hop_count(t):
    """50 Received headers are too many, wherever the mail comes from."""
    t.need("SMTPD")
    i = t.instance("hopcount_limit = 10")
    c = i.connect()
    c.hello()
    for line, reply in (("MAIL FROM:<s@client.test>", "250"), ("RCPT TO:<alice@example.test>", "250"), ("DATA", "354")):
        c.line(line)
        c.expect(reply)
    c.send(b"Received: from a by b\r\n" * 11 + b"\r\nx\r\n.\r\n")
    c.expect("554 5.4.0 Error: too many hops")
    i.wait_log(r"message rejected: hopcount exceeded")


def test_mail_to_double_bounce(t):
    """It is the sender of our own notices: mail to it ends here."""
    i = t.instance("")
    i.run("sendmail -f '<>' double-bounce@mail.example.test", stdin="Subject: x\n\nx\n")
    i.wait_log(r"to=<double-bounce@mail.example.test>, .*status=sent \(undeliverable postmaster notification discarded\)")
    i.wait_queue("all", 0)


def test_no_notice_about_a_notice(t):
    """An undeliverable notice goes to the postmaster when notify_classes has 2bounce; one from double-bounce ends."""
    t.need("VIRTUAL")
    i = t.instance("transport_maps = inline:{ { bad.test = error:5.1.1 no } }\nnotify_classes = 2bounce\n"
                   "2bounce_notice_recipient = x@bad.test")
    i.run("sendmail -f '<>' y@bad.test", stdin="Subject: x\n\nx\n")
    i.wait_log(r"postmaster non-delivery notification: ")
    i.wait_log(r"undeliverable postmaster notification discarded")
    i.wait_queue("all", 0)
    t.equal(len(re.findall("non-delivery notification: ", i.log())), 1)


def test_no_backscatter(t):
    """Mail from nobody, from double-bounce, or that wants no notice: not one notice."""
    i = t.instance("transport_maps = inline:{ { bad.test = error:5.1.1 no } }\nnotify_classes =\n")
    for options in ("-f '<>'", "-f double-bounce@mail.example.test", "-N never -f alice@example.test"):
        i.run("sendmail %s y@bad.test" % options, stdin="Subject: x\n\nx\n")
    i.wait_log(r"(?s)(status=bounced.*){3}")
    i.wait_queue("all", 0)
    t.equal(re.findall(r".*notification: .*", i.log()), [])


def test_template_units(t):
    t.need("VIRTUAL")
    names = ["%s_%s" % (p, u) for p in ("delay_warning_time", "maximal_queue_lifetime") for u, _ in UNITS]
    i = t.instance("bounce_template_file = $dir/templates\ndelay_warning_time = 2s\nmaximal_queue_lifetime = 14d\n"
                   "minimal_backoff_time = 2s\nqueue_run_delay = 2s\n"
                   "transport_maps = inline:{ { late.test = retry:4.2.0 later } }\n",
                   files={"templates": "delay_template = <<EOF\nSubject: late at $myhostname\n\n%s\nEOF\n"
                                       % "\n".join("%s=${%s}" % (n, n) for n in names)})
    i.run("sendmail -f alice@example.test x@late.test", stdin="Subject: x\n\nx\n")
    text = i.wait_delivered("alice", 1, 30)[0]
    t.match(r"^Subject: late at \$myhostname$", text)
    for name, value in (("delay_warning_time", 2), ("maximal_queue_lifetime", 14 * 86400)):
        for unit, seconds in UNITS:
            t.match("^%s_%s=%d$" % (name, unit, value // seconds), text)
