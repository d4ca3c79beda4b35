# test_clock.py - the time of day jumps by years, forward and back: mail passes, nothing expires, retries go on
# SPDX-License-Identifier: ISC
import re
import time

from lib import preload
from lib.instance import wait_until

YEAR = 366 * 86400
CONF = "queue_run_delay = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 2s\ntransport_retry_time = 1s\nnotify_classes =\n" \
    "transport_maps = inline:{later.test=smtp:$sink}\nbounce_queue_lifetime = 1d\nmaximal_queue_lifetime = 1d\ndelay_warning_time = 4h"


def attempts(i, name):
    return len(re.findall(name + r": to=<x@later.test>, .*status=deferred", i.log()))


def retried(i, names):
    before = {n: attempts(i, n) for n in names}
    wait_until("another attempt at each", lambda: all(attempts(i, n) > before[n] for n in names), 15)


def passes(t, i, subject, years):
    """New mail is delivered soon, with the date of now."""
    began, before = time.monotonic(), len(i.maildir("alice"))
    i.send("bob@example.test", "alice@example.test", "Subject: %s\n\nx\n" % subject)
    text = i.wait_delivered("alice", before + 1, 5)[-1]
    year = time.gmtime(time.time() + years * YEAR).tm_year
    t.match(r"(?s).*\nDate: \w+, +\d+ \w+ %d " % year, "".join(x for x in i.maildir("alice") if "Subject: " + subject in x))
    t.equal("Subject" in text, True)
    status, out = i.run("sendmail -f bob@example.test alice@example.test; mailq", stdin="Subject: %s\n\nx\n" % subject)
    t.equal(status, 0)
    t.match(r"(?s).*(x@later.test|Mail queue is empty|(alice|bob)@example.test)", out)
    i.wait_delivered("alice", before + 2, 5)
    return time.monotonic() - began


def jumps(t, steps):
    t.need("SMTPD", "SMTP", "VIRTUAL", "postlet")
    i = t.instance(CONF, start=False)
    i.add_sink(rules="RCPT: 450 4.2.0 later")
    clock = preload.Clock(i)
    i.start()
    names = []
    for n, years in enumerate(steps):
        clock.set(years * YEAR)
        passes(t, i, "at %d" % n, years)
        names.append(i.send("bob@example.test", "x@later.test", "Subject: waits %d\n\nx\n" % n))
        retried(i, names)
        if n % 2:
            i.run("postfix stop")
            wait_until("the end", lambda: not i.master_pid())
            clock.set(years * YEAR + 3600)
            i.start()
            i.run("postqueue -f")
            retried(i, names)
    with i.the_sink().lock:
        del i.the_sink().replies[:]
    i.wait_queue("all", 0, 20)
    t.equal(len(i.the_sink().messages), len(names))
    t.equal(i.maildir("bob"), [])  # nothing expired, no warning of a delay
    t.equal(len(i.maildir("alice")), 2 * len(steps))


def test_forward(t):
    jumps(t, [0, 6, 12])


def test_back(t):
    jumps(t, [0, -6, -50])


def test_to_and_fro(t):
    jumps(t, [-56, 0, -20, 10])  # a board whose clock begins at 1970 and is set later
