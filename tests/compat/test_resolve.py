# test_resolve.py - the same addresses through Postfix's trivial-rewrite and through ours
# SPDX-License-Identifier: ISC
#
# Only in a comparison run (--oracle): asks the service of the running Postfix
# over its socket, and tests/unit/resolve_test --ask with the same main.cf.
# Addresses are put together at random, from a fixed seed. Left out is what the
# two read differently on purpose: source routes, which ours removes when it
# reads a path, and blanks, commas and literals inside domains.
import os
import random
import re
import socket
import subprocess

from lib.env import ROOT

CONF = """
mydestination = $myhostname, localhost, local.test
relay_domains = relay.test
virtual_alias_domains = valias.test
virtual_mailbox_domains = vmbox.test
append_dot_mydomain = yes
recipient_delimiter = +
relayhost = [smarthost.test]:587
transport_maps = inline:{ { tmap.test = foo:[bar]:25 }, { nh.test = :nexthop.test }, { user@nh.test = other: }, { .sub.test = sub: }, { err.test = error:no such }, { err2.test = error: } }
"""
WORDS = """a user b x%y x@y.test h!u local.test other.test localhost relay.test sub.relay.test valias.test vmbox.test
tmap.test nh.test a.sub.test [127.0.0.1] [192.0.2.4] host user+ext err.test err2.test""".split()
OPERATORS = ["@", "@", "@", "@", "@", "%", "%", "!", "!", ".", "+", "..", "@@"]
CLASSES = {256: 0, 512: 1, 1024: 2, 2048: 3, 4096: 4}


class Rewriter:
    """One connection to trivial-rewrite; attributes are name NUL value NUL, an empty name ends a list."""

    def __init__(self, path):
        self.path, self.sock = path, None

    def _list(self):
        data = b""
        while not data.endswith(b"\0\0"):
            more = self.sock.recv(4096)
            if not more:
                raise OSError("closed")
            data += more
        return data.split(b"\0")

    def ask(self, **attributes):
        text = "".join("%s\0%s\0" % (k, v) for k, v in attributes.items()) + "\0"
        for _ in range(5):
            try:
                if not self.sock:
                    self.sock = socket.socket(socket.AF_UNIX)
                    self.sock.settimeout(10)
                    self.sock.connect(self.path)
                    self._list()  # it tells its protocol first
                self.sock.sendall(text.encode())
                got = self._list()
                return {k.decode(): v.decode() for k, v in zip(got[0::2], got[1::2])}
            except OSError:
                self.sock.close()
                self.sock = None
        raise OSError("no answer from " + self.path)


def address(rng):
    text = rng.choice(WORDS)
    for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 3, 4])):
        text += rng.choice(OPERATORS) + rng.choice(WORDS)
    return text + rng.choice(["", "", "", "", "", "", "", ".", "@", "%"])


def sane(internal):
    """A literal stands alone between operators: Postfix puts a blank between it and its neighbour."""
    return not re.search(r"[^@%!]\[|\][^@%!]", internal) and not internal.startswith("@")


def theirs(rewriter, kind, text):
    if kind == "R":
        return rewriter.ask(request="rewrite", rule="local", address=text)["address"]
    got = rewriter.ask(request="resolve", sender="x@y.test", address=text)
    flags = int(got["flags"])
    if flags & 12:
        return "fail" if flags & 8 else "error"
    return "%d%s %s %s %s" % (CLASSES[flags & 0x1f00], " routed" if flags & 2 else "", got["transport"], got["nexthop"],
                              got["recipient"])


def test_addresses_at_random(t):
    t.need("postfix", "root")
    program = os.path.join(ROOT, "build/test/resolve_test")
    if not os.path.exists(program):
        t.skip("build/test/resolve_test is not built (make unit)")
    i = t.instance(CONF)
    rng = random.Random(20261121)
    questions = [(k, a) for k in "RS" for a in (address(rng) for _ in range(1500)) if sane(a)]
    text = "".join("%s %s\n" % q for q in questions)
    done = subprocess.run([program, "--ask", i.config], input=text, capture_output=True, text=True, timeout=60,
                          env={"ASAN_OPTIONS": "detect_leaks=0"})
    t.equal(done.returncode, 0)
    rewriter = Rewriter(os.path.join(i.dir, "queue/private/rewrite"))
    differences = []
    for (kind, text), ours in zip(questions, done.stdout.split("\n")):
        if kind == "R":
            text, _, ours = ours.partition("\t")
            if ours.rstrip("%!@.") != ours:
                continue
        want = theirs(rewriter, kind, text)
        if want != ours:
            differences.append("%s %s\n   Postfix: %s\n   ours:    %s" % (kind, text, want, ours))
    if differences:
        t.fail("%d of %d differ\n%s" % (len(differences), len(questions), "\n".join(differences[:20])))
test_addresses_at_random.timeout = 120
