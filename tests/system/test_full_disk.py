# test_full_disk.py - a file system that is full, of bytes or of inodes: mail is put off, never lost, and it recovers
# SPDX-License-Identifier: ISC
import ctypes
import os
import re
import subprocess

from lib.env import Fail
from lib.instance import wait_until

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18
QUICK = "message_size_limit = 0\nmailbox_size_limit = 0\nvirtual_mailbox_limit = 0\nqueue_run_delay = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s\ntransport_retry_time = 1s\nnotify_classes =\n"
BIG = "Subject: big\n\n%s" % ("a line of a message that is larger than what is left\n" * 2000)


def small_disk(t, i, where, inodes):
    """A file system of 2 MB at this directory; seen by this test only, gone with it."""
    t.need("root", "program:mkfs.ext4")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        t.skip("no mount namespace of its own")
    path, image = os.path.join(i.dir, where), os.path.join(i.dir, where + ".img")
    mode, owner = os.stat(path).st_mode, os.stat(path)
    with open(image, "wb") as f:
        f.truncate(2 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", "-N", str(inodes), image], check=True)
    if subprocess.run(["mount", "-o", "loop", image, path], capture_output=True).returncode:
        t.skip("no loop device")
    os.rmdir(os.path.join(path, "lost+found"))
    os.chmod(path, mode & 0o7777)
    os.chown(path, owner.st_uid, owner.st_gid)
    return path


def fill_bytes(path):
    ballast = os.path.join(path, "ballast")
    fd = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for size in (65536, 4096, 512):
        try:
            while os.write(fd, b"x" * size):
                pass
        except OSError:
            pass
    os.close(fd)
    return [ballast]


def fill_inodes(path):
    made = []
    try:
        while True:
            made.append(os.path.join(path, "inode%d" % len(made)))
            open(made[-1], "w").close()
    except OSError:
        made.pop()
    return made


def remove(paths):
    for path in paths:
        os.unlink(path)


def offer(i, subject, text, to="alice@example.test"):
    """A message by SMTP: the reply to its end, or to what was refused before."""
    client = i.connect()
    try:
        client.hello()
        client.message("bob@example.test", [to], "Subject: %s\n\n%s\n" % (subject, text))
        return "250"
    except Fail as e:
        return str(e)
    finally:
        client.close()


def full_queue(t, fill, inodes):
    t.need("SMTPD", "VIRTUAL", "SMTP", "postlet")
    i = t.instance(QUICK + "queue_minfree = 0\nmaximal_queue_lifetime = 1d\n"
                   "transport_maps = inline:{later.test=smtp:$sink}", start=False)
    i.add_sink(rules="RCPT: 450 4.2.0 later")
    path = small_disk(t, i, "queue", inodes)
    i.start()
    accepted = ["first"]
    t.equal(offer(i, "first", "x"), "250")
    t.equal(offer(i, "waiting", "x", "x@later.test"), "250")
    i.wait_queue("deferred", 1)
    i.wait_delivered("alice", 1)
    for full in ("full", "full-again"):
        ballast = fill(path)
        refused = 0
        for n in range(24):  # queue files that are there already can be used again: not for what is larger
            subject = "%s-%d" % (full, n)
            said = offer(i, subject, "x\n" * (60000 if n % 2 else 10))
            if said == "250":
                accepted.append(subject)
            else:
                refused += 1
                t.match(r"(?s).*45[12] 4\.3\.[01] ", said)
        t.equal(refused > 0, True)
        status, out = i.run("sendmail -f bob@example.test alice@example.test", stdin=BIG)
        t.equal(status in (0, 75), True)  # 0: a file that is there already was large enough
        if status == 0:
            accepted.append("big")
        i.wait_delivered("alice", len(accepted), 30)  # delivery needs no space
        remove(ballast)
        wait_until("mail to be accepted again", lambda: offer(i, "room-" + full, "x\n" * 60000) == "250", 20)
        accepted.append("room-" + full)
    with i.the_sink().lock:
        del i.the_sink().replies[:]
    i.wait_delivered("alice", len(accepted), 30)
    i.wait_queue("all", 0, 40)
    got = sorted(m["Subject"] for m in i.mail("alice"))
    t.equal(got, sorted(accepted))
    t.equal(len(i.the_sink().messages), 1)


def test_queue_out_of_bytes(t):
    full_queue(t, fill_bytes, 256)


def test_queue_out_of_inodes(t):
    full_queue(t, fill_inodes, 160)


def test_notice_when_the_queue_is_full(t):
    """A bounce that cannot be written: the message stays until it can."""
    t.need("SMTPD", "SMTP", "VIRTUAL", "postlet")
    i = t.instance(QUICK + "transport_maps = inline:{no.test=smtp:$sink}", start=False)
    i.add_sink(rules="RCPT: 450 4.2.0 later\nRCPT: 550 5.1.1 nobody")
    path = small_disk(t, i, "queue", 256)
    i.start()
    t.equal(offer(i, "for nobody", "x\n" * 40000, "x@no.test"), "250")
    i.wait_queue("deferred", 1)
    ballast = fill_bytes(path) + fill_inodes(path)
    i.run("postqueue -f")
    wait_until("the refusal", lambda: "550 5.1.1 nobody" in i.log(), 20)
    t.equal(i.maildir("bob") == [] or len(i.maildir("bob")) == 1, True)
    remove(ballast)
    text = i.wait_delivered("bob", 1, 40)[0]
    t.match(r"(?s).*550 5.1.1 nobody", text)
    i.wait_queue("all", 0, 20)
    t.equal(len(i.maildir("bob")), 1)


def full_mailboxes(t, fill, inodes):
    t.need("SMTPD", "VIRTUAL", "LOCAL", "postlet")
    i = t.instance(QUICK + "mail_spool_directory = $dir/mail\n",
                   files={"mailboxes": "alice@example.test alice/\nbob@example.test bob\n"}, start=False)
    path = small_disk(t, i, "mail", inodes)
    i.start()
    to = ["alice@example.test", "bob@example.test", t.env.local.pw_name + "@mail.example.test"]
    for n in range(3):
        ballast = fill(path)
        client = i.connect()
        client.hello()
        client.message("bob@client.test", to, "Subject: number %d\n\n%sthe end\n" % (n, "x\n" * 40000))
        client.close()
        name = i.queue("all")[0]
        wait_until("three attempts", lambda: len(re.findall(name + ": to=.*status=", i.log())) >= 3, 20)
        remove(ballast)
        i.run("postqueue -f")
        i.wait_queue("all", 0, 40)
        t.equal(len(i.maildir("alice")), n + 1)
    for text in i.maildir("alice"):
        t.match("(?s).*\nSubject: number .*\nx\nx\nthe end\n$", text)
    for name in ("bob", t.env.local.pw_name):
        with open(os.path.join(path, name)) as f:
            text = f.read()
        t.equal((name, text.count("\nSubject: number "), text.count("\nthe end\n\n")), (name, 3, 3))
        t.equal((name, text.split("\n").count("x")), (name, 3 * 40000))  # no half message in between
    t.equal(os.listdir(os.path.join(path, "alice", "tmp")), [])


def test_mailboxes_out_of_bytes(t):
    full_mailboxes(t, fill_bytes, 256)


def test_mailboxes_out_of_inodes(t):
    full_mailboxes(t, fill_inodes, 32)
