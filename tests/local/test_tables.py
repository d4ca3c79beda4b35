# test_tables.py - names that commands, paths and tables of local, virtual and pipe may use, one row each
# SPDX-License-Identifier: ISC
import os
import re

XCLIENT = "XCLIENT NAME=far.test ADDR=192.0.2.7 PORT=4711 LOGIN=bill"


def say(i, *lines):
    """One session as a client that the harness makes up; every reply must be positive."""
    c = i.connect()
    c.expect("220")
    for line in lines + ("QUIT",):
        c.line(line)
        c.expect("[23]")
    c.close()


def mail(sender, *rcpts):
    return ("MAIL FROM:" + sender,) + tuple("RCPT TO:" + r for r in rcpts) + ("DATA", "Subject: x\r\n\r\nbody\r\n.")


def read(i, path):
    with open(os.path.join(i.dir, path)) as f:
        return f.read().splitlines()


# pipe(8) macros: what each stands for in the session below
PIPE_MACROS = {
    "client_address": "192.0.2.7", "client_helo": "helo.test", "client_hostname": "far.test", "client_port": "4711",
    "client_protocol": "ESMTP", "domain": "pipe.test", "extension": "ext", "mailbox": r"ann\+ext",
    "nexthop": "next.hop", "original_recipient": "Orig@pipe.test", "queue_id": r"[0-9A-F]+",
    "recipient": r"Ann\+Ext@PIPE.test", "sasl_username": "bill", "sasl_sender": "", "sender": "s@client.test",
    "size": r"[1-9]\d\d", "user": "ann",
}


def test_pipe_macros(t):
    t.need("PIPE", "SMTPD", "root")
    args = " ".join("%s=${%s}" % (n, n) for n in PIPE_MACROS)
    i = t.instance("smtpd_authorized_xclient_hosts = 127.0.0.1\nrelay_domains = pipe.test\nrecipient_delimiter = +\n"
                   "transport_maps = inline:{ { pipe.test = keep:NEXT.hop } }\nkeep_destination_recipient_limit = 1\n"
                   "virtual_alias_maps = inline:{ { Orig@pipe.test = Ann+Ext@PIPE.test } }\nvirtual_alias_domains =",
                   master=["keep unix - n n - - pipe flags=hu user=$nobody argv=$dir/save %s cost=$$5" % args],
                   files={"save": '#!/bin/sh\ncat > /dev/null; for a in "$@"; do echo "$a"; done > ${0%save}out/args\n'},
                   start=False)
    os.chmod(os.path.join(i.dir, "save"), 0o755)
    os.mkdir(os.path.join(i.dir, "out"))
    os.chmod(os.path.join(i.dir, "out"), 0o777)
    i.start()
    say(i, XCLIENT, "EHLO helo.test", *mail("<s@client.test>", "<Orig@pipe.test>"))
    i.wait_log("to=<Ann.Ext@PIPE.test>.*status=sent")
    got = dict(line.partition("=")[::2] for line in read(i, "out/args"))
    for name, wanted in PIPE_MACROS.items():
        if name in ("recipient", "original_recipient"):  # h and u lower what is theirs
            wanted = wanted.lower()
        if not re.fullmatch(wanted, got.get(name, "missing")):
            t.fail("%s=%s, wanted %s" % (name, got.get(name), wanted))
    t.equal(got["cost"], "$5")


def test_pipe_envid(t):
    t.need("PIPE", "SMTPD", "root")
    t.since("3.9")
    i = t.instance("relay_domains = pipe.test\ntransport_maps = inline:{ { pipe.test = keep: } }",
                   master=["keep unix - n n - - pipe user=$nobody argv=/bin/sh -c {echo 5.1.0 envid=$$1; exit 1} sh ${envid}"])
    say(i, "EHLO helo.test", *mail("<s@client.test> ENVID=env7", "<x@pipe.test>"))
    i.wait_log(r"status=bounced \(envid=env7 ?\)")


def test_pipe_final_delivery(t):
    """Flag X: a success notice says delivered, not relayed."""
    t.need("PIPE", "SMTPD", "VIRTUAL", "root")
    i = t.instance("relay_domains = keep.test, final.test\ntransport_maps = inline:{ { keep.test = keep: }, { final.test = final: } }",
                   master=["keep unix - n n - - pipe user=$nobody argv=/bin/true",
                           "final unix - n n - - pipe flags=X user=$nobody argv=/bin/true"])
    for n, (domain, action) in enumerate((("keep.test", "relayed"), ("final.test", "delivered"))):
        say(i, "EHLO helo.test", *mail("<alice@example.test>", "<x@%s> NOTIFY=SUCCESS" % domain))
        t.match("^Action: %s$" % action, i.wait_delivered("alice", n + 1)[-1])


LOCAL_ENV = {
    "SHELL": "/bin/sh", "HOME": ".*/home/ann", "USER": "ann", "LOGNAME": "ann", "EXTENSION": "ext",
    "DOMAIN": "mail.example.test", "LOCAL": r"ann\+ext", "RECIPIENT": r"ann\+ext@mail.example.test",
    "ORIGINAL_RECIPIENT": r"Ann\+ext@mail.example.test", "SENDER": "s@client.test", "CLIENT_ADDRESS": "192.0.2.7",
    "CLIENT_HELO": "helo.test", "CLIENT_HOSTNAME": "far.test", "CLIENT_PROTOCOL": "ESMTP", "SASL_USERNAME": "bill",
    "PATH": ".+",
}


def test_local_command_environment(t):
    t.need("LOCAL", "SMTPD", "root")
    i = t.instance("smtpd_authorized_xclient_hosts = 127.0.0.1\nrecipient_delimiter = +\n"
                   "mailbox_command = env > $HOME/env", start=False)
    i.user("ann")
    i.start()
    say(i, XCLIENT, "EHLO helo.test", *mail("<s@client.test>", "<Ann+ext@mail.example.test>"))
    i.wait_log("status=sent .delivered to command")
    got = dict(line.partition("=")[::2] for line in read(i, "home/ann/env"))
    for name, wanted in LOCAL_ENV.items():
        if not re.fullmatch(wanted, got.get(name, "missing"), re.I if "RECIPIENT" in name or name == "LOCAL" else 0):
            t.fail("%s=%s, wanted %s" % (name, got.get(name), wanted))


def test_local_expansions(t):
    """forward_path sees the recipient's attributes; only the file whose name has all of them forwards."""
    t.need("LOCAL", "SMTPD", "VIRTUAL", "root")
    name = ("u=%s.d=%s.l=%s.e=%s.rd=%s.h=%s.s=%s.x=%s"
            % ("ann", "mail.example.test", "ann+ext", "ext", "+", "home", "sh", "none"))
    i = t.instance("recipient_delimiter = +\nexecution_directory_expansion_filter = x\n"
                   "forward_path = $dir/f/u=${user}.d=${domain}.l=${local}.e=${extension}.rd=${recipient_delimiter}"
                   ".h=${home?home}.s=${shell?{sh}:{none}}.x=${sasl_method:none}", start=False)
    i.user("ann")
    i.file("f/" + name, "bob@example.test\n")
    for path in ("f", "f/" + name):
        os.chmod(os.path.join(i.dir, path), 0o755 if path == "f" else 0o644)
        os.chown(os.path.join(i.dir, path), *([21000] * 2))
    i.start()
    i.send("s@client.test", "ann+ext@mail.example.test")
    t.match("Subject: test", i.wait_delivered("bob")[0])


# Exit status of a command in an alias: enhanced status and outcome
SYSEXITS = {
    0: ("2.0.0", "sent"), 1: ("5.3.0", "bounced"), 64: ("5.3.0", "bounced"), 65: ("5.6.0", "bounced"),
    66: ("5.3.0", "bounced"), 67: ("5.1.1", "bounced"), 68: ("5.1.2", "bounced"), 69: ("5.3.0", "bounced"),
    70: ("5.3.0", "bounced"), 71: ("4.3.0", "deferred"), 72: ("5.3.0", "bounced"), 73: ("5.2.0", "bounced"),
    74: ("5.3.0", "bounced"), 75: ("4.3.0", "deferred"), 76: ("5.5.0", "bounced"), 77: ("5.7.0", "bounced"),
    78: ("5.3.5", "bounced"), 79: ("5.3.0", "bounced"),
}


def test_local_command_exit_status(t):
    t.need("LOCAL", "SMTPD", "root")
    i = t.instance("default_privs = nobody", files={"aliases": "".join('c%d "|exit %d"\n' % (n, n) for n in SYSEXITS)})
    i.send("", ["c%d@mail.example.test" % n for n in SYSEXITS])
    for n, (dsn, status) in SYSEXITS.items():
        i.wait_log(r"to=<c%d@mail.example.test>, .*relay=local, .*dsn=%s, status=%s " % (n, re.escape(dsn), status))


def test_virtual_lookup_order(t):
    """user+ext@domain, user@domain, @domain."""
    t.need("VIRTUAL", "SMTPD")
    i = t.instance("recipient_delimiter = +\nvirtual_mailbox_maps = inline:{ ann+ext@example.test=first/, "
                   "ann@example.test=second/, @example.test=third/ }")
    for addr in ("ann+ext@example.test", "ann+other@example.test", "ann@example.test", "else@example.test"):
        i.send("s@client.test", addr)
    for box, n in (("first", 1), ("second", 2), ("third", 1)):
        t.equal(len(i.wait_delivered(box, n)), n)


def test_maildir_names(t):
    """TIME.VdeviceIinodeMmicroseconds.HOST, in new; tmp is empty and cur there."""
    t.need("VIRTUAL", "SMTPD")
    i = t.instance("")
    i.send("s@client.test", "alice@example.test")
    i.wait_delivered("alice")
    name = os.listdir(os.path.join(i.dir, "mail/alice/new"))[0]
    found = re.fullmatch(r"\d{9,11}\.V([0-9a-f]+)I([0-9a-f]+)M\d+\.[^.].*", name)
    if not found:
        t.fail(name)
    st = os.stat(os.path.join(i.dir, "mail/alice/new", name))
    t.equal((int(found.group(1), 16), int(found.group(2), 16)), (st.st_dev, st.st_ino))
    t.equal(os.listdir(os.path.join(i.dir, "mail/alice/tmp")), [])
    t.equal(os.listdir(os.path.join(i.dir, "mail/alice/cur")), [])


# Settings with which local or virtual do not run, and what they say
REFUSED = {
    "mailbox_delivery_lock = nolock": 'unknown mailbox_delivery_lock value "nolock" in "nolock"',
    "virtual_mailbox_lock = fcntl, bogus": 'unknown mailbox_delivery_lock value "bogus" in "fcntl, bogus"',
    "allow_mail_to_commands = alias, bogus": 'unknown allow_mail_to_commands value "bogus" in "alias, bogus"',
    "prepend_delivered_header = bogus": 'unknown prepend_delivered_header value "bogus" in "bogus"',
    "mailbox_size_limit = 1000": "configuration error: mailbox_size_limit is smaller than message_size_limit",
    "virtual_mailbox_limit = 1000": "configuration error: virtual_mailbox_limit is smaller than message_size_limit",
}


def test_settings_that_nothing_is_delivered_with(t):
    t.need("LOCAL", "VIRTUAL", "SMTPD")
    for setting, says in REFUSED.items():
        i = t.instance(setting)
        i.send("", "alice@example.test" if "virtual" in setting else "postmaster@mail.example.test")
        i.wait_log("fatal: " + re.escape(says))
        i.stop()


test_settings_that_nothing_is_delivered_with.timeout = 120


# error, retry and discard with and without an enhanced status
AGENTS = {
    "a.test": ("error:5.7.9 go away", "dsn=5.7.9, status=bounced (go away)"),
    "b.test": ("error:no reason", "dsn=5.0.0, status=bounced (no reason)"),
    "c.test": ("error:4.7.9 not now", "dsn=5.0.0, status=bounced (not now)"),
    "d.test": ("retry:4.2.1 later", "dsn=4.2.1, status=deferred (later)"),
    "e.test": ("retry:later", "dsn=4.0.0, status=deferred (later)"),
    "f.test": ("discard:thrown away", "dsn=2.0.0, status=sent (thrown away)"),
    "g.test": ("discard:2.3.4 with a code", "dsn=2.3.4, status=sent (with a code)"),
    "h.test": ("discard:4.2.2 not ours", "dsn=2.0.0, status=sent (not ours)"),
    "i.test": ("retry:5.2.2 not ours", "dsn=4.0.0, status=deferred (not ours)"),
    "j.test": ("error:5.1.1text", "dsn=5.0.0, status=bounced (5.1.1text)"),
    "k.test": ("error:5.1.1", "dsn=5.1.1, status=bounced ()"),
}


def test_agents_without_delivery(t):
    i = t.instance("transport_maps = inline:{ %s }" % ", ".join("{ %s = %s }" % (d, a[0]) for d, a in AGENTS.items()))
    i.run("sendmail -f '<>' " + " ".join("x@" + d for d in AGENTS), stdin="Subject: x\n\nx\n")
    for domain, (_, line) in AGENTS.items():
        i.wait_log(r"to=<x@%s>, relay=none, .*%s" % (domain, re.escape(line)))


def test_client_flags(t):
    """flags=DORX of smtp: three headers, and a success notice that says delivered (Postfix 3.7 says relayed all the same,
    against its manual)."""
    t.need("SMTP", "SMTPD", "VIRTUAL")
    i = t.instance("relayhost = $sink\nsmtp_tls_security_level =\nrecipient_delimiter = +\nvirtual_alias_maps = "
                   "inline:{ { old@example.test = new@far.test } }\nsmtp_destination_recipient_limit = 1",
                   master=["smtp unix - - n - - smtp flags=DORX"], start=False)
    sink = i.add_sink("sink", "ehlo PIPELINING SIZE\n")
    i.start()
    say(i, "EHLO helo.test", *mail("<alice@example.test>", "<old@example.test>"))
    i.wait_log("status=sent")
    text = sink.messages[0]["data"].decode()
    for header in ("Return-Path: <alice@example.test>", "X-Original-To: old@example.test", "Delivered-To: new@far.test"):
        t.match("^%s\r?$" % re.escape(header), text)
    say(i, "EHLO helo.test", *mail("<alice@example.test>", "<x@far.test> NOTIFY=SUCCESS"))
    t.match("^Action: %s$" % ("relayed" if t.env.oracle else "delivered"), i.wait_delivered("alice")[0])
