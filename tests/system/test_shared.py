# test_shared.py - memory that smtpd processes share: who has it, who died, what a reload keeps
# SPDX-License-Identifier: ISC
import os
import re
import signal

from lib.instance import wait_until

LIMIT = "smtpd_client_connection_count_limit = 1\nsmtpd_client_event_limit_exceptions =\nsmtpd_peername_lookup = no"


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(p) for p in f.read().split()]


def program(pid):
    with open("/proc/%d/cmdline" % pid, "rb") as f:
        return os.path.basename(f.read().split(b"\0")[0].decode())


def descriptors(pid):
    where = "/proc/%d/fd" % pid
    return [os.readlink(os.path.join(where, n)) for n in os.listdir(where)]


def connected(i, pattern):
    c = i.connect()
    c.expect(pattern)
    return c


def test_a_killed_process_no_longer_counts(t):
    t.need("SMTPD", "postlet")  # Postfix waits for a minute
    i = t.instance(LIMIT)
    connected(i, "220")
    connected(i, "421")
    busy = re.search(r"smtpd\[(\d+)\]: connect from", i.log()).group(1)
    os.kill(int(busy), signal.SIGKILL)
    i.wait_log("smtpd pid %s killed by signal 9" % busy)
    connected(i, "220")
    connected(i, "421")


def test_counts_survive_a_reload(t):
    t.need("SMTPD", "postlet")
    i = t.instance(LIMIT + "\nsmtpd_client_message_rate_limit = 1")
    c = connected(i, "220")
    c.line("MAIL FROM:<a@client.test>")
    c.expect("250")
    i.reload()
    i.wait_log("reload -- version")
    connected(i, "421")
    c.close()
    c = wait_until("a place", lambda: again(i))
    c.line("MAIL FROM:<a@client.test>")
    c.expect(r"450 4\.7\.1 Error: too much mail from 127\.0\.0\.1")


def again(i):
    c = i.connect()
    return c if c.reply().startswith("220") else None


def test_master_and_strangers_do_not_have_it(t):
    t.need("SMTPD", "VIRTUAL", "postlet")
    i = t.instance(LIMIT)
    c = i.connect()
    c.hello()
    c.message("a@client.test", ["alice@example.test"], "Subject: x\n\nx\n")
    i.wait_delivered("alice")
    for pid in children(i.master_pid()):
        has = any("memfd:postlet" in d for d in descriptors(pid))
        t.equal((program(pid), has), (program(pid), program(pid) == "smtpd"))
    with open("/proc/%d/maps" % i.master_pid()) as f:
        t.equal("memfd" in f.read(), False)
