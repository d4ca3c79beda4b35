# test_corrupt.py - a queue full of damage: good mail passes, nothing crashes, nothing half comes out
# SPDX-License-Identifier: ISC
import os
import random
import re

from lib.instance import wait_until

FILES = 240


def damaged(rand, good):
    """The bytes of a queue file, not as they were."""
    kind = rand.randrange(8)
    data = bytearray(good)
    if kind == 0:
        return bytes(rand.randbytes(rand.randrange(1, 3000)))
    if kind == 1:
        return bytes(len(good))
    if kind == 2:
        return bytes(data[:rand.randrange(1, len(data))])
    if kind == 3:
        return bytes(data) + rand.randbytes(rand.randrange(1, 2000))
    if kind == 4:  # the head only
        return bytes(data[:128]) + rand.randbytes(500)
    if kind == 5:  # numbers in the head
        at = rand.randrange(8, 120)
        data[at:at + 8] = rand.choice([b"\xff" * 8, b"\x7f" + b"\xff" * 7, bytes(8), rand.randbytes(8)])
        return bytes(data)
    for _ in range(1 if kind == 6 else 40):
        data[rand.randrange(len(data))] ^= 1 << rand.randrange(8)
    return bytes(data)


def collect(i):
    """One good file of each place that mail waits in."""
    found = []
    for queue in ("incoming", "deferred", "slots"):
        for where, _, names in os.walk(os.path.join(i.dir, "queue", queue)):
            for name in names:
                with open(os.path.join(where, name), "rb") as f:
                    data = f.read()
                if len(data) > 200:
                    found.append((where, name, data))
    return found


def put(path, data, env):
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, 0o700)
    if env.root:
        os.chown(path, env.owner.pw_uid, env.owner.pw_gid)


def odd_things(i, where):
    """What is no file at all."""
    names = ["%012X" % n for n in range(7)]
    os.mkdir(os.path.join(where, names[0]))
    os.mkfifo(os.path.join(where, names[1]))
    os.symlink("/etc/passwd", os.path.join(where, names[2]))
    os.symlink("nowhere", os.path.join(where, names[3]))
    open(os.path.join(where, names[4]), "w").close()
    open(os.path.join(where, "no id at all"), "w").close()


def full_of_damage(t, seed, files):
    t.need("VIRTUAL", "SMTPD", "postlet")
    rand = random.Random(seed)
    i = t.instance("hash_queue_names = none\nenable_long_queue_ids = no\nnotify_classes =\nqueue_run_delay = 2s\nminimal_backoff_time = 1s\n"
                   "maximal_backoff_time = 1s\nbounce_queue_lifetime = 0\n"
                   "transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }\n")
    for n in range(3):
        status, out = i.run("sendmail -f bob@example.test x@slow.test y@slow.test", stdin="Subject: good\n\n%s\n" % ("z\n" * 200))
        t.equal((status, out), (0, ""))
    i.wait_queue("deferred", 3)
    good = collect(i)
    i.run("postfix stop")
    wait_until("the end", lambda: not i.master_pid())
    keep = {name for where, name, _ in good}
    for n in range(files):
        where, name, data = rand.choice(good)
        queue = os.path.join(i.dir, "queue", rand.choice(["incoming", "deferred", "deferred", "hold"]))
        fake = "%X%s" % (0xA0000 + n, name[5:])
        if fake not in keep:
            put(os.path.join(queue, fake), damaged(rand, data), t.env)
    for n in range(12):
        put(os.path.join(i.dir, "queue", "slots", "%02d" % (n + 4)), damaged(rand, rand.choice(good)[2]), t.env)
    for queue in ("incoming", "deferred", "maildrop", "corrupt"):
        odd_things(i, os.path.join(i.dir, "queue", queue))
    for n in range(20):
        put(os.path.join(i.dir, "queue", "maildrop", "M%d" % n), damaged(rand, good[0][2]), t.env)
    i.start()
    for n in range(3):
        i.send("bob@example.test", "alice@example.test", "Subject: fresh %d\n\nwhole\n" % n)
    i.wait_delivered("alice", 3, 30)
    i.wait_log(r"(?s)(qmgr\[\d+\]: warning: .*){5}", 30)
    status, out = i.run("postqueue -p; postqueue -j >/dev/null; postqueue -f; postsuper -s", timeout=60)
    t.match(r"(?s).*slow.test", out)
    wait_until("another attempt at the good ones", lambda: all(
        len(re.findall(r" %s: to=<x@slow.test>, .*status=deferred" % name, i.log())) >= 2 for _, name, _ in good), 40)
    i.send("bob@example.test", "alice@example.test", "Subject: fresh 4\n\nwhole\n")
    texts = i.wait_delivered("alice", 4, 20)
    for text in texts:
        t.match(r"(?s).*Subject: fresh \d\n.*\n\nwhole\n$", text)
    for _, name, _ in good:
        t.equal(name in i.queue("deferred"), True)
    return i


def test_queue_full_of_damage(t):
    full_of_damage(t, 1, FILES)


def test_queue_full_of_damage_again(t):
    full_of_damage(t, 2, FILES)
