# points.py - one fault at one system call of one program, and every such point in turn
# SPDX-License-Identifier: ISC
#
# A scenario is a message and where it must arrive. A job is a scenario, a program and a way to go wrong; it runs in a
# process of its own with its own mail system and goes through the points: kill after the first call, the second...
# until the message went through without reaching the point.
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from box import Box, Message                               # noqa: E402

SETTLE = 30.0    # seconds until everything must be at its place
GRACE = 0.1      # after the end, for what may still come twice

LOCAL = "local"  # replaced by the local user's name

# name: (submission, recipients, where it must arrive, size)
SCENARIOS = {
    "virtual":  ("smtp", ["alice@example.test"], ["maildir:alice"], 600),
    "large":    ("smtp", ["alice@example.test"], ["maildir:alice"], 300000),
    "mbox":     ("smtp", ["boxed@example.test"], ["mbox:boxed"], 600),
    "local":    ("smtp", [LOCAL], ["mbox:" + LOCAL], 600),
    "forward":  ("smtp", ["forward@mail.example.test"], ["maildir:alice"], 600),
    "relay":    ("smtp", ["one@sink.test", "two@sink.test"], ["sink:one@sink.test", "sink:two@sink.test"], 600),
    "pipe":     ("smtp", ["x@pipe.test"], ["taken:"], 600),
    "bounce":   ("smtp", ["no@sink.test"], ["notice:bob"], 600),
    "defer":    ("smtp", ["TOKEN@later.test"], ["sink:TOKEN@later.test"], 600),
    "all":      ("smtp", ["alice@example.test", LOCAL, "one@sink.test", "x@pipe.test", "no@sink.test",
                          "TOKEN@later.test"],
                 ["maildir:alice", "mbox:" + LOCAL, "sink:one@sink.test", "taken:", "notice:bob",
                  "sink:TOKEN@later.test"], 600),
    "submit":   ("sendmail", ["alice@example.test"], ["maildir:alice"], 600),
    "sendmail": ("injected", ["alice@example.test"], ["maildir:alice"], 600),
    "maildrop": ("dropped", ["alice@example.test"], ["maildir:alice"], 600),
    "pickdrop": ("drop", ["alice@example.test"], ["maildir:alice"], 600),
}

# (scenario, program): the way from the first byte to the delivered copy.
ROWS = [
    ("virtual", "smtpd"), ("large", "smtpd"), ("submit", "pickup"), ("pickdrop", "pickup"), ("sendmail", "sendmail"),
    ("maildrop", "sendmail"),
    ("all", "qmgr"), ("defer", "qmgr"), ("bounce", "qmgr"), ("virtual", "virtual"), ("mbox", "virtual"),
    ("local", "local"), ("forward", "local"), ("relay", "smtp"), ("defer", "smtp"), ("large", "virtual"),
    ("pipe", "pipe"), ("bounce", "bounce"), ("virtual", "master"), ("all", "master"),
]


class Result(dict):
    """One point: what was done, what came of it."""


class Job:
    def __init__(self, env, directory, tool, scenario, program, seed):
        self.scenario, self.program = scenario, program
        self.random = random.Random("%s %s %s" % (seed, scenario, program))
        self.how, to, where, self.size = SCENARIOS[scenario]
        self.to = [self._local(x, env) for x in to]
        self.where = [self._local(x, env) for x in where]
        self.env, self.tool, self.directory, self.boxes, self.number = env, tool, directory, 0, 0
        self.box = None
        self.new_box()

    @staticmethod
    def _local(text, env):
        return text.replace(LOCAL, env.local.pw_name) if text in (LOCAL, "mbox:" + LOCAL) else text

    def new_box(self):
        if self.box:
            self.box.close()
        self.boxes += 1
        target = self.program if self.how not in ("injected", "dropped") else "none"
        self.box = Box(self.env, os.path.join(self.directory, "b%d" % self.boxes), self.tool, target)
        if self.how != "dropped" and self.program != "master":
            self.box.start()

    def close(self):
        if self.box:
            self.box.close()

    # one point

    def submit(self, message, order):
        b, fired, calls = self.box, None, []
        to = [x.replace("TOKEN", message.token) for x in self.to]
        if self.how == "smtp":
            acked, said = b.smtp(message, "bob@example.test", to)
        elif self.how == "sendmail":
            acked, said = b.sendmail(message, "bob@example.test", to)
        elif self.how == "drop":  # sendmail without a pickup to talk to; then pickup is started by master
            acked, said = b.run("mv queue/public/pickup queue/public/hidden; sendmail -i -f bob@example.test %s; s=$?; "
                                "mv queue/public/hidden queue/public/pickup; exit $s" % " ".join(to),
                                stdin=message.text)
            acked, said = acked == 0, "exit status %d %s" % (acked, said)
        else:
            acked, said, fired, calls = b.sendmail_injected(message, "bob@example.test", to, order)
        return acked, said, fired, calls

    def prepare(self, message, order):
        """A fresh process of the program, and the order given."""
        b = self.box
        b.clean()
        if "TOKEN@later.test" in self.to:
            for reply in ("250 2.1.5 Ok", "450 4.2.0 later"):
                b.the_sink().rule("RCPT /%s@later/: %s" % (message.token, reply))
        if self.how in ("injected", "dropped"):
            return
        if self.program == "master":
            b.restart(order)
            self.revive()
            return
        b.end_program(self.program)
        b.injector.read()
        b.injector.take(r"ended|fired|call")
        b.injector.order(order)

    def fired(self, fired):
        if self.how in ("injected", "dropped"):
            return fired
        found = []
        for injector in self.box.olds + [self.box.injector]:
            injector.read()
            found += injector.take(r"fired")
        return found[0] if found else fired

    def revive(self):
        """A master that is gone is started by whoever watches over it."""
        b = self.box
        if b.injector is None:
            b.start()
        b.injector.read()
        if not b.master_pid():
            old = b.injector
            b.start()  # at once: what the old one left may still run
            b.olds.append(old)

    def settled(self, message):
        counts = [len(self.box.copies(w.replace("TOKEN", message.token), message.token)) for w in self.where]
        return counts

    def run(self, order):
        self.number += 1
        message = Message("t%d-%s" % (self.number, "%08x" % self.random.getrandbits(32)), self.size)
        b = self.box
        began = time.monotonic()
        self.prepare(message, order)
        acked, said, fired, calls = self.submit(message, order)
        until = time.monotonic() + SETTLE
        counts, quiet = [], 0.0
        while time.monotonic() < until:
            fired = self.fired(fired)
            if fired or self.how == "dropped":
                self.revive()
            counts = self.settled(message)
            b.note_residue()
            waiting = b.files()
            if not waiting and (all(counts) or not acked):
                if quiet and time.monotonic() > quiet + GRACE:
                    break
                quiet = quiet or time.monotonic()
            else:
                quiet = 0.0
            time.sleep(0.03)
        fired = self.fired(fired)
        counts = self.settled(message)
        r = Result(scenario=self.scenario, program=self.program, order=order, fired=fired or "", acked=acked,
                   said=said[:200], counts=counts, seconds=round(time.monotonic() - began, 2), problems=[])
        r["calls"] = calls
        self.judge(r, message, b.files())
        self.after(r)
        return r

    def judge(self, r, message, waiting):
        problems, b = r["problems"], self.box
        kill = " kill" in r["order"]
        # A mailbox that may not be opened has the mail returned, as in Postfix.
        returned = "EACCES" in r["order"] and self.program in ("local", "virtual") and b.copies("notice:bob", message.token)
        if r["acked"] and not all(r["counts"]) and not returned:
            problems.append("lost" if b.knows(r["said"]) else "another mail system took the port and the message")
        if waiting:
            problems.append("stays in the queue: " + ", ".join(os.path.relpath(p, b.dir) for p in waiting))
        for where in self.where:
            for text in b.copies(where.replace("TOKEN", message.token), message.token):
                bad = message.notice_damage(text) if where.startswith("notice") else message.damage(text)
                if bad:
                    problems.append("%s: %s" % (where, bad))
        if not kill and not returned and b.copies("notice:bob", message.token) and "notice:bob" not in self.where:
            problems.append("bounced")
        own_input = self.program == "sendmail" and r["fired"].endswith("read file")  # 65, as Postfix's sendmail
        if not r["acked"] and not own_input and re.match(r"5\d\d|exit status (65|67|69|77)\b|expected .*, got '5|.*hung", r["said"]):
            problems.append("a final refusal: " + r["said"])
        r["twice"] = [w for w, n in zip(self.where, r["counts"]) if n > 1]
        for injector in b.olds + ([b.injector] if b.injector else []):
            injector.read()
            for line in injector.take(r"ended"):
                m = re.match(r"ended (\d+) (\S*) signal (\d+)", line)
                if m and m.group(3) not in ("9", "15", "14"):
                    problems.append("crash: " + line)
        for line in b.log().splitlines():
            if re.search(r"panic:|AddressSanitizer|runtime error:", line):
                problems.append("crash: " + line)
        if problems:
            r["log"] = b.log()[-4000:]

    def after(self, r):
        b = self.box
        for old in b.olds:
            old.close()
        b.olds = []
        if b.injector and not (self.how in ("injected", "dropped")):
            r["count"] = b.injector.off()
            b.injector.take(r"fired")
            r["calls"] = b.injector.take(r"call ")
        if r["problems"]:
            b.purge()
            self.new_box()
        elif self.how == "dropped" or self.program == "master":
            b.end()

    def leftovers(self):
        """Uncommitted files of all the points: does the mail system remove them?"""
        if self.box.injector is None:
            self.box.start()
        n = sum(os.path.exists(p) for p in self.box.residue)
        return n, self.box.residue_goes()
