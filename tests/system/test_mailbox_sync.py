# test_mailbox_sync.py - a delivery is not reported before the name of a new mailbox is durable
# SPDX-License-Identifier: ISC
import os

from lib import preload
from lib.instance import wait_until

MAILBOXES = "alice@example.test alice/\nboxed@example.test boxed\nbob@example.test bob/\n"


def prepared(t):
    t.need("root", "SMTPD", "VIRTUAL", "postlet")
    i = t.instance("minimal_backoff_time = 300s\nmaximal_backoff_time = 300s\n", start=False)
    i.file("mailboxes", MAILBOXES)
    disk = preload.BadDisk(i)
    i.start()
    i.send("a@client.test", "bob@example.test", "Subject: 0\n\n0\n")  # makes the slot
    i.wait_queue("all", 0)
    return i, disk


def count(path, subject):
    try:
        with open(path, "rb") as f:
            return f.read().count(b"Subject: " + subject)
    except FileNotFoundError:
        return 0


def test_new_mbox(t):
    """The directory of a new mbox cannot be synced: put off, cut back, delivered later, once."""
    i, disk = prepared(t)
    box = os.path.join(i.dir, "mail", "boxed")
    disk.set(2)
    i.send("a@client.test", "boxed@example.test", "Subject: one\n\nx\n")
    i.wait_log(r"to=<boxed@example\.test>.*status=deferred \(delivery failed to mailbox .*: cannot sync its directory")
    i.wait_queue("deferred", 1)
    t.equal(count(box, b"one"), 0)
    disk.set(0)
    i.run("postqueue -f")
    i.wait_queue("all", 0)
    t.equal(count(box, b"one"), 1)
    i.send("a@client.test", "bob@example.test", "Subject: 1\n\n1\n")
    i.wait_queue("all", 0)
    disk.set(2)  # its name is durable now
    i.send("a@client.test", "boxed@example.test", "Subject: two\n\nx\n")
    wait_until("the second message", lambda: count(box, b"two") == 1, 15)


def test_new_maildir(t):
    """The same for the directories of a new Maildir: none is left that could be taken for a durable one."""
    i, disk = prepared(t)
    disk.set(2)
    i.send("a@client.test", "alice@example.test", "Subject: one\n\nx\n")
    i.wait_log(r"to=<alice@example\.test>.*status=deferred")
    t.equal(os.path.exists(os.path.join(i.dir, "mail", "alice")), False)
    disk.set(0)
    i.run("postqueue -f")
    i.wait_queue("all", 0)
    t.equal(len(i.maildir("alice")), 1)
