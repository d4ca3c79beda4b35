# test_sendmail_options.py - every option of sendmail(1): those that mean something, those that are ignored, those refused
# SPDX-License-Identifier: ISC
import re

# Options that change nothing here: mail is queued all the same.
IGNORED = ("-Ac -Am -bm -c -em -eq -h9 -i -L-label -m -O-DeliveryMode=b -o7 -o8 -om -odi -oem -o-x -o-x-value -pSMTP -U -x "
           "-B7BIT -B8BITMIME -oi -Nnever -Rfull -Rhdrs").split()
# Options, exit status, text that is printed.
ANSWERS = [
    ("-bh", 0, ""), ("-bH", 0, ""), ("-q30m", 0, ""), ("-bp", 0, "Mail queue is empty"),
    ("-B9BIT a@example.test", 75, "-B option needs 8BITMIME or 7BIT"),
    ("-N sometimes alice@example.test", 0, "bad -N option value -- ignored"),
    ("-R some alice@example.test", 0, "bad -R option value -- ignored"),
    ("-n a@example.test", 75, "-n option not supported"), ("-X /tmp/log a@example.test", 75, "unsupported: -X/"),
    ("-qSsite", 75, "-qS"), ("-bx", 75, "unsupported: -bx"), ("-XV123 a@example.test", 75, "two characters from -=+"),
    ("-q", 0, ""), ("", 75, "root(0): Recipient addresses must be specified on the command line"), ("-Z", 75, "usage"),
    ("-bv -v a@example.test", 75, "-v option cannot be used with -bv"), ("-bv -t", 75, "-t option cannot be used with -bv"),
    ("-I x", 75, "alias initialization mode requires no recipient"), ("-q x", 75, "flush queue mode requires no recipient"),
    ("-bp x", 75, "display queue mode requires no recipient"), ("-qRa x", 75, "flush site requires no recipient"),
    ("-qR", 75, "specify: -qRsitename"), ("-qI", 75, "specify: -qIqueueid"), ("-oA x", 75, "-oA requires pathname"),
    ("-V '' a@example.test", 0, "bad syntax in -V option value -- ignored"),
    ("-V+= a@example.test", 0, "option -V+= is deprecated with Postfix 2.3; specify -XV+= instead"),
]


def send(t, i, options, box="alice", text="Subject: x\n\nbody\n", status=0):
    got, out = i.run("sendmail %s" % options, stdin=text)
    if got != status:
        t.fail("sendmail %s: exit status %d: %s" % (options, got, out))
    return out


def test_ignored_options(t):
    t.need("VIRTUAL")
    i = t.instance("")
    for n, option in enumerate(IGNORED, 1):
        option = re.sub("-(?=[^-]*$)", " ", option, count=1) if option.count("-") > 1 else option
        send(t, i, "%s -f s@example.test alice@example.test" % option)
    t.equal(len(i.wait_delivered("alice", len(IGNORED), 30)), len(IGNORED))


def test_answers(t):
    t.need("root")
    i = t.instance("")
    wrong = ""
    for options, status, text in ANSWERS:
        got, out = i.run("sendmail " + options, stdin="")
        if got != status or text not in out:
            wrong += "sendmail %s: exit status %d: %s" % (options, got, out)
    if wrong:
        t.fail(wrong)


def test_names(t):
    i = t.instance("alias_database = cdb:$dir/data/al" if not t.env.oracle else "")
    got, out = i.run("mailq")
    t.equal((got, out.strip()), (0, "Mail queue is empty"))


def test_options_that_matter(t):
    t.need("VIRTUAL")
    i = t.instance("remote_header_rewrite_domain =\nappend_dot_mydomain = yes")
    n = 0

    def sent(options, text="Subject: x\n\nbody\n"):
        nonlocal n
        n += 1
        send(t, i, options, text=text)
        return i.wait_delivered("alice", n)[-1]
    t.match(r"^Return-Path: <f@example.test>$", sent("-f f@example.test alice@example.test"))
    t.match(r"^Return-Path: <r@example.test>$", sent("-r r@example.test alice@example.test"))
    t.match(r"^From: Full Name <f@example.test>$", sent("-F 'Full Name' -f f@example.test alice@example.test"))
    t.match(r"^From: From Env <f@example.test>$", sent("-f f@example.test alice@example.test; :") and
            sent_env(t, i, "From Env"))
    n += 1
    t.match(r"\nbefore\n\.\nafter\n$", sent("-i -f f@example.test alice@example.test", "Subject: x\n\nbefore\n.\nafter\n"))
    t.match(r"\nbefore\n$", sent("-f f@example.test alice@example.test", "Subject: x\n\nbefore\n.\nafter\n"))
    t.match(r"\nbefore\n\.\nafter\n$", sent("-oi -f f@example.test alice@example.test", "Subject: x\n\nbefore\n.\nafter\n"))
    remote = sent("-G -f f@example.test alice@example.test", "To: bob@host\n\nx\n")
    t.match(r"^To: bob@host$", remote)
    t.equal("Message-Id" in remote or "From:" in remote, False)
    t.match(r"^To: bob@host.example.test$", sent("-f f@example.test alice@example.test", "To: bob@host\n\nx\n"))
    t.match(r"^To: alice@example.test$", sent("-t -f f@example.test", "To: alice@example.test\n\nx\n"))
    t.match(r"^Return-Path: <f\+alice=example.test@example.test>$", sent("-XV -f f@example.test alice@example.test"))
    t.match(r"^Return-Path: <f-alice=example.test@example.test>$", sent("-XV-= -f f@example.test alice@example.test"))


def sent_env(t, i, name):
    status, out = i.run("NAME='%s' sendmail -f f@example.test alice@example.test" % name, stdin="Subject: x\n\nx\n")
    t.equal(status, 0)
    found = [m for m in i.wait_delivered("alice", 5) if name in m]
    return found[0] if found else ""


def test_dsn_options(t):
    """-N success, -R hdrs and -V are told in the notice."""
    t.need("VIRTUAL")
    i = t.instance("transport_maps = inline:{ { bad.test = error:5.1.1 no } }")
    send(t, i, "-N failure -R hdrs -V env9 -f alice@example.test x@bad.test")
    text = i.wait_delivered("alice")[0]
    t.match("^Original-Envelope-Id: env9$", text)
    t.match("^Content-Type: text/rfc822-headers$", text)
    send(t, i, "-N never -f alice@example.test x@bad.test")
    i.wait_log(r"(?s)(status=bounced.*){2}")
    send(t, i, "-N success -f alice@example.test bob@example.test")
    t.match("^Action: delivered$", i.wait_delivered("alice", 2)[1])
    t.equal(len(i.maildir("alice")), 2)


def test_configuration_directory(t):
    """-C DIR and -C DIR/main.cf."""
    t.need("VIRTUAL", "root")
    i = t.instance("")
    for n, path in enumerate((i.config, i.config + "/main.cf"), 1):
        status, out = i.run("env -u MAIL_CONFIG sendmail -C %s -f s@example.test alice@example.test" % path,
                            stdin="Subject: x\n\nx\n")
        t.equal((status, out), (0, ""))
        i.wait_delivered("alice", n)


def test_queue_runs(t):
    """-q, -qI and -qR try deferred mail again."""
    t.need("VIRTUAL")
    i = t.instance("transport_maps = inline:{ { late.test = retry:4.2.0 later } }\nfast_flush_domains = late.test")
    send(t, i, "-f '<>' x@late.test")
    i.wait_queue("deferred", 1)
    ident = i.queue("deferred")[0]
    for n, options in enumerate(("-q", "-qI" + ident, "-qRlate.test"), 2):
        send(t, i, options)
        i.wait_log(r"(?s)(status=deferred.*){%d}" % n, 30)


def test_smtp_on_standard_input(t):
    t.need("SMTPD", "VIRTUAL")
    i = t.instance("")
    out = send(t, i, "-bs", text="EHLO x\r\nMAIL FROM:<s@example.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n"
                                 "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n")
    t.match(r"^250 2.0.0 Ok: queued as", out)
    i.wait_delivered("alice")
