# test_handover.py - mail that is delivered before its sender has an answer (src/queue/handover.h)
# SPDX-License-Identifier: ISC
import os
import signal
import time

from lib import preload, proc

CONF = "relayhost = $sink\nsmtp_tls_security_level =\n"


def prepared(t, conf=CONF, rules="", before=lambda i: None):
    """The first message makes the slot, and has to be synced with its name."""
    t.need("SMTP", "SMTPD", "postlet")
    i = t.instance(conf, start=False)
    sink = i.add_sink("sink", rules)
    before(i)
    i.start()
    i.send("a@client.test", "x@far.test", "Subject: 0\n\n0\n")
    i.wait_queue("all", 0)
    return i, sink


def test_delivered_before_the_answer(t):
    """A prompt next hop has the message when the sender is told that it is accepted."""
    i, sink = prepared(t)
    for n in range(300):  # a busy machine may be late many times
        before = sink.count()
        i.send("a@client.test", "x@far.test", "Subject: %d\n\nx\n" % n)
        if sink.count() > before:
            return
    t.fail("no message was delivered before its answer")


def test_slow_next_hop(t):
    """Mail that stays is synced and accepted long before the next hop has it; nothing is lost when everybody is killed."""
    i, sink = prepared(t)
    sink.rule("delay EOM 5")
    began = time.monotonic()
    i.send("a@client.test", "x@far.test", "Subject: slow\n\nx\n")
    if time.monotonic() - began > 4:
        t.fail("the answer waited for the next hop")
    t.equal(sink.count(), 1)
    t.equal(len(i.queue("incoming")), 1)
    master = i.master_pid()
    for pid in [master] + proc.children_of(master):
        os.kill(pid, signal.SIGKILL)
    sink.rule("delay EOM 0")
    i.start()
    i.wait_queue("all", 0, timeout=30)
    subjects = [m["data"].count(b"Subject: slow") for m in sink.messages]
    if sum(subjects) < 1:
        t.fail("lost: %r" % subjects)


def test_deferred_at_once(t):
    """A next hop that refuses for now: the message is accepted, and stays."""
    i, sink = prepared(t)
    sink.rule("RCPT: 450 4.2.0 later")
    began = time.monotonic()
    i.send("a@client.test", "x@far.test", "Subject: later\n\nx\n")
    i.wait_queue("deferred", 1)
    t.equal(i.queue("incoming"), [])
    if time.monotonic() - began > 10:
        t.fail("the answer came late")


def with_bad_disk(t):
    disks = []
    i, sink = prepared(t, before=lambda i: disks.append(preload.BadDisk(i)))
    disks[0].set(1)
    return i, sink


def test_sync_fails_while_it_is_delivered(t):
    """The queue manager has been told and the next hop is slow: the sender is not sent away to come with it again."""
    i, sink = with_bad_disk(t)
    sink.rule("delay EOM 2")
    i.send("a@client.test", "x@far.test", "Subject: once\n\nx\n")
    i.wait_queue("all", 0)
    t.equal(sum(m["data"].count(b"Subject: once") for m in sink.messages), 1)


def test_sync_fails_and_it_stays(t):
    """The next hop does not take it now and the disk does not keep it: the sender is sent away, and nothing is left."""
    i, sink = with_bad_disk(t)
    sink.rule("RCPT: 450 4.2.0 later")
    c = i.connect()
    c.hello()
    c.send(b"MAIL FROM:<a@client.test>\r\nRCPT TO:<x@far.test>\r\nDATA\r\n")
    for code in ("250", "250", "354"):
        c.expect(code)
    c.send(b"Subject: later\r\n\r\nx\r\n.\r\n")
    c.expect("451")
    i.wait_queue("all", 0)
    sink.rule("RCPT: 250 2.1.5 Ok")
    i.run("postqueue -f")
    time.sleep(1.5)
    t.equal(sum(m["data"].count(b"Subject: later") for m in sink.messages), 0)


def test_many_at_once(t):
    """Thirty-two slots and more senders than that: every accepted message arrives once."""
    i, sink = prepared(t, CONF + "smtpd_client_connection_count_limit = 60\n", "delay EOM 0.05")
    clients = [i.connect() for _ in range(40)]
    for c in clients:
        c.hello()
    for turn in range(3):
        for n, c in enumerate(clients):
            c.send(b"MAIL FROM:<a@client.test>\r\nRCPT TO:<r%d-%d@far.test>\r\nDATA\r\n" % (turn, n))
        for c in clients:
            for code in ("250", "250", "354"):
                c.expect(code)
            c.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
        for c in clients:
            c.expect("250")
    i.wait_queue("all", 0, timeout=30)
    got = sorted(m["to"][0].split("@")[0].lstrip("<") for m in sink.messages[1:])
    t.equal(got, sorted("r%d-%d" % (r, n) for r in range(3) for n in range(40)))
