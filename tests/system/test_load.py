# test_load.py - more clients than there are processes for: good mail passes, memory is bounded, it recovers by itself
# SPDX-License-Identifier: ISC
import os
import re
import time

from lib import proc
from lib.crowd import Crowd
from lib.instance import wait_until

PROCESS_KB = 2500  # private memory of one smtpd with a message at hand


def private_kb(pids):
    total = 0
    for pid in pids:
        try:
            with open("/proc/%d/smaps_rollup" % pid) as f:
                total += sum(int(n) for n in re.findall(r"(?m)^Private_\w+:\s+(\d+)", f.read()))
        except OSError:
            pass  # it has just ended
    return total


def named(pids, name):
    found = []
    for pid in pids:
        try:
            with open("/proc/%d/cmdline" % pid, "rb") as f:
                if os.path.basename(f.read().split(b"\0")[0]).decode() == name:
                    found.append(pid)
        except OSError:
            pass
    return found


class Watch:
    """The most processes and memory that were seen."""

    def __init__(self, i):
        self.i, self.processes, self.kb = i, 0, 0

    def look(self):
        tree = [self.i.master_pid()] + proc.children_of(self.i.master_pid())
        self.processes = max(self.processes, len(named(tree, "smtpd")))
        self.kb = max(self.kb, private_kb(tree))


def good_message(t, i, watch, number, patience):
    """A client as mail servers are: it waits, and when it is told to come later it comes later."""
    until, tries = time.monotonic() + patience, 0
    while True:
        tries += 1
        client = i.connect(timeout=max(1, until - time.monotonic()))
        try:
            client.hello("good.test")
            client.message("good@client.test", ["alice@example.test"], "Subject: good %d\n\nthe whole text\n" % number)
            client.line("QUIT")
            return tries
        except Exception as e:
            if time.monotonic() > until:
                t.fail("good message %d did not pass in %d s and %d tries: %s" % (number, patience, tries, e))
        finally:
            client.close()
            watch.look()
        time.sleep(0.2)


def overload(t, limit, clients, normal, stressed, messages):
    """clients against limit processes; smtpd_timeout without and with stress, in seconds."""
    t.need("SMTPD", "VIRTUAL", "postlet")
    i = t.instance("smtpd_timeout = ${stress?{%d}:{%d}}s\nsmtpd_min_data_rate = 500\nmax_idle = 2s\n"
                   "smtpd_client_connection_count_limit = 0\nsmtpd_error_sleep_time = 0\nnotify_classes =" % (stressed, normal),
                   master=["127.0.0.1:$port inet remove", "$port inet n - y - %d smtpd" % limit])
    # the bound: everybody before us has his time
    patience = normal + (clients / limit + 2) * (stressed + 2) + 20
    watch = Watch(i)
    good_message(t, i, watch, 0, 10)
    crowd = Crowd(i.port(), clients)
    try:
        wait_until("all processes to be busy", lambda: "has reached its process limit" in i.log(), 30)
        began = time.monotonic()
        for n in range(1, messages + 1):
            good_message(t, i, watch, n, patience)
        passed = time.monotonic() - began
    finally:
        crowd.close()
    began = time.monotonic()
    good_message(t, i, watch, messages + 1, 2 * stressed + 15 + clients / 10)
    recovered = time.monotonic() - began
    i.wait_delivered("alice", messages + 2, 20)
    i.wait_queue("all", 0)
    t.equal(len(i.maildir("alice")), messages + 2)
    t.equal(i.maildir("bob"), [])
    if watch.processes > limit:
        t.fail("%d processes of smtpd; the limit is %d" % (watch.processes, limit))
    if watch.kb > (limit + 8) * PROCESS_KB:
        t.fail("%d kB for %d processes" % (watch.kb, limit))
    wait_until("idle processes to end", lambda: not named(proc.children_of(i.master_pid()), "smtpd"), 30)
    print("%d clients (%d connections) against %d processes: %d messages in %.1f s, then one in %.1f s; at most %d processes, "
          "%d kB" % (clients, crowd.connects, limit, messages, passed, recovered, watch.processes, watch.kb))


def test_more_clients_than_processes(t):
    overload(t, 4, 40, 3, 1, 2)
