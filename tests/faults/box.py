# box.py - a mail system under inject (inject.c), messages that can be told apart, and what became of them
# SPDX-License-Identifier: ISC
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import proc, slots                                       # noqa: E402
from lib.env import Fail                                   # noqa: E402
from lib.client import Client                              # noqa: E402
from lib.instance import Instance                          # noqa: E402

# Everything that waits, waits shortly; nothing else differs from the defaults.
QUICK_CF = """
queue_run_delay = 1s
max_idle = 5s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
service_throttle_time = 1s
deliver_lock_delay = 1s
stale_lock_time = 2s
trigger_timeout = 4s
ipc_timeout = 10s
smtp_connect_timeout = 4s
smtp_helo_timeout = 4s
mail_spool_directory = $dir/mail
transport_maps = inline:{sink.test=smtp:$sink,later.test=smtp:$sink,pipe.test=taker}
default_transport = error:nowhere
smtp_tls_security_level = none
smtpd_client_connection_count_limit = 0
recipient_delimiter = +
"""
MASTER = ["qmgr unix n - y 1 1 qmgr", "pickup unix n - y 1 1 pickup",
          "taker unix - n n - - pipe user=$localuser argv=/bin/sh $dir/take.sh ${queue_id}"]
TAKER = "cat >$dir/taken/tmp/$$ && mv $dir/taken/tmp/$$ $dir/taken/new/$1.$$\n"
QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
HEAD_SIZE = 128  # a queue file is shorter, or begins with zeros, until it is committed


def body_lines(size):
    lines = ["a line", ".", "..", ".dot", "", "a line with 8-bit \u00e4\u00f6\u00fc", "x" * 900, "last but one"]
    n = 0
    while sum(len(x) + 1 for x in lines) < size:
        n += 1
        lines.append("filling %06d %s" % (n, "0123456789" * 6))
    return lines + ["the last line"]


class Message:
    def __init__(self, token, size=600):
        self.token, self.lines = token, body_lines(size)
        self.text = "Subject: %s\nX-End: of-headers\n\n%s\n" % (token, "\n".join(self.lines))

    def damage(self, text):
        """None, or what is wrong with a delivered copy."""
        head, blank, body = text.replace("\r\n", "\n").partition("\n\n")
        if not blank or "\nX-End: of-headers" not in head:
            return "headers are incomplete"
        if body.rstrip("\n") != "\n".join(self.lines):
            return "the body differs: %d bytes instead of %d" % (len(body), len("\n".join(self.lines)))
        return None

    def notice_damage(self, text):
        m = re.search(r'boundary="([^"]+)"', text)
        if not m or not re.search(r"^--%s--$" % re.escape(m.group(1)), text, re.M):
            return "the notice has no end"
        return None


class Injector:
    """The process of inject.c and what it says."""

    def __init__(self, tool, target, binary, argv, environ, cwd, first="off", stdin=None):
        env = dict(environ)
        if stdin:
            env["INJECT_STDIN"] = stdin
        self.errors = open(os.path.join(cwd, "inject.err"), "ab")
        self.p = subprocess.Popen([tool, target, binary] + argv, env=env, cwd=cwd, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=self.errors)
        self.pending, self.lines, self.over = b"", [], False
        self.order(first)

    def order(self, text):
        try:
            self.p.stdin.write(text.encode() + b"\n")
            self.p.stdin.flush()
        except OSError:
            self.over = True

    def read(self, timeout=0.0):
        """Takes in what has been said."""
        while not self.over:
            ready, _, _ = select.select([self.p.stdout], [], [], timeout)
            if not ready:
                return
            data = os.read(self.p.stdout.fileno(), 65536)
            if not data:
                self.over = True
                return
            lines = (self.pending + data).decode("utf-8", "replace").split("\n")
            self.pending = lines.pop().encode()
            self.lines += lines
            timeout = 0.0

    def take(self, pattern):
        """The lines that match, from then on forgotten."""
        found = [x for x in self.lines if re.match(pattern, x)]
        self.lines = [x for x in self.lines if not re.match(pattern, x)]
        return found

    def off(self):
        self.order("off")
        until = time.monotonic() + 20
        while time.monotonic() < until and not self.over:
            self.read(0.2)
            found = self.take(r"count ")
            if found:
                return int(found[-1].split()[1])
        return 0

    def close(self, patience=5.0):
        """Ends everything under it; True when it ended at all."""
        try:
            self.p.stdin.close()
        except OSError:
            pass
        try:
            self.p.wait(patience)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
        self.p.stdout.close()
        self.errors.close()


class Box(Instance):
    def __init__(self, env, directory, tool, target, conf=""):
        super().__init__(env, directory)
        self.tool, self.target, self.injector, self.residue = tool, target, None, set()
        self.olds = []  # injectors of masters that died
        self.file("take.sh", TAKER)
        for sub in ("taken", "taken/tmp", "taken/new"):
            os.mkdir(os.path.join(self.dir, sub))
            os.chmod(os.path.join(self.dir, sub), 0o777)
        self.add_sink(rules="RCPT /no@sink/: 550 5.1.1 no such user")
        self.file("mailboxes", "alice@example.test alice/\nbob@example.test bob/\nboxed@example.test boxed\n")
        self.file("aliases", "postmaster /dev/null\nforward alice@example.test\n")
        self.conf(QUICK_CF)
        if conf:
            self.conf(conf)
        for line in MASTER:
            self.master(line)
        self.configure()
        status, out = self.run("postfix check")
        if status:
            raise Fail("postfix check: " + out)

    # life

    def start(self, first="off", wait=True):
        self.injector = Injector(self.tool, self.target, self.env.binary, ["master", "-s", "-c", self.config],
                                 self.environ, self.dir, first)
        if wait:
            self.wait_up()

    def wait_up(self, timeout=8):
        """True once a master holds the lock."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            self.injector.read(0.005)
            if self.master_pid():
                return True
            if self.injector.over:
                return False
        return False

    def end(self):
        if self.injector:
            self.injector.close()
            self.injector = None

    def restart(self, first="off"):
        self.end()
        self.start(first)

    def close(self):
        self.end()
        super().close()

    def pids(self, name):
        """Processes of this name under the injector."""
        found = []
        for pid in proc.children_of(self.injector.p.pid):
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as f:
                    argv0 = f.read().split(b"\0")[0].decode()
            except OSError:
                continue
            if os.path.basename(argv0) == name:
                found.append(pid)
        return found

    def end_program(self, name):
        """Lets the next message start a fresh process."""
        until = time.monotonic() + 8
        pids = self.pids(name)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGTERM)
            except OSError:
                pass
        while pids and time.monotonic() < until:
            time.sleep(0.005)
            self.injector.read()
            pids = [p for p in pids if os.path.exists("/proc/%d" % p)]

    # submission: True = acknowledged, False = not; and the answer

    def smtp(self, message, sender, recipients, timeout=12):
        said, client = "", None
        try:
            client = Client(self.port(), timeout=timeout)
            client.hello()
            said = client.message(sender, recipients, message.text)
            good = said.startswith("250")
        except (Fail, OSError) as e:
            return False, str(e)
        finally:
            if client:
                client.close()
        return good, said

    def sendmail(self, message, sender, recipients):
        status, out = self.run("sendmail -i -f %s %s" % (sender, " ".join(recipients)), stdin=message.text)
        return status == 0, "exit status %d %s" % (status, out.strip())

    def sendmail_injected(self, message, sender, recipients, order):
        """sendmail itself is the program under test: (acknowledged, answer, fired line or None)."""
        path = self.file("input", message.text)
        inj = Injector(self.tool, "sendmail", self.env.binary, ["sendmail", "-i", "-f", sender] + recipients,
                       self.environ, self.dir, order, stdin=path)
        until = time.monotonic() + 40
        while not inj.over and time.monotonic() < until:
            inj.read(0.5)
        hung = not inj.over
        ended, fired, calls = inj.take(r"ended"), inj.take(r"fired"), inj.take(r"call ")
        inj.close(1.0)
        status = " ".join(ended[-1].split()[3:]) if ended else "none"
        if hung:
            status = "hung"
        return status == "0", "exit status " + status, fired[0] if fired else None, calls

    def knows(self, said):
        """Does the log have the queue id of this answer? While a master cannot bind its port, others may."""
        m = re.search(r"queued as (\w+)", said)
        return not m or m.group(1) in self.log()

    # what arrived: texts of the copies that belong to a token

    def _read(self, path):
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
            return f.read()

    def _folder(self, path):
        found = []
        try:
            for name in os.listdir(path):
                try:
                    found.append(self._read(os.path.join(path, name)))
                except FileNotFoundError:
                    pass
        except OSError:
            pass
        return found

    def _mbox(self, path):
        try:
            text = self._read(path)
        except OSError:
            return []
        if text and not text.startswith("From "):
            return ["broken mbox\n\n" + text]
        return ["From " + part for part in re.split(r"(?m)^From ", text) if part]

    def _sink(self, address):
        with self.the_sink().lock:
            return [m["data"].decode("utf-8", "surrogateescape") for m in self.the_sink().messages
                    if any(address in to for to in m["to"])]

    def copies(self, where, token):
        kind, _, name = where.partition(":")
        if kind == "maildir":
            texts = self._folder(os.path.join(self.dir, "mail", name, "new"))
        elif kind == "mbox":
            texts = self._mbox(os.path.join(self.dir, "mail", name))
        elif kind == "taken":
            texts = self._folder(os.path.join(self.dir, "taken", "new"))
        elif kind == "notice":
            return [t for t in self._folder(os.path.join(self.dir, "mail", name, "new"))
                    if token in t and "MAILER-DAEMON" in t]
        else:
            texts = self._sink(name)
        return [t for t in texts if "\nSubject: %s" % token in t.replace("\r\n", "\n").partition("\n\n")[0] or
                t.startswith("Subject: " + token)]

    def clean(self):
        """Forgets what was delivered."""
        for sub in ("mail/alice/new", "mail/bob/new", "taken/new"):
            where = os.path.join(self.dir, sub)
            if os.path.isdir(where):
                for name in os.listdir(where):
                    os.unlink(os.path.join(where, name))
        for name in ("boxed", self.env.local.pw_name):
            path = os.path.join(self.dir, "mail", name)
            if os.path.isfile(path):
                os.truncate(path, 0)
        sink = self.the_sink()
        with sink.lock:
            del sink.lines[:], sink.messages[:]
            sink.replies = sink.replies[-1:]
        for path in ("maillog", "inject.err"):
            try:
                os.truncate(os.path.join(self.dir, path), 0)
            except OSError:
                pass

    # the queue

    def files(self):
        """Paths of the files in the queue that are not known to be left over."""
        found, top = [], os.path.join(self.dir, "queue")
        in_slots = [os.path.join(top, "slots", i) for i in slots.messages(top)]  # first: they may move to the others
        for queue in QUEUES:
            for where, _, names in os.walk(os.path.join(top, queue)):
                found += [os.path.join(where, n) for n in names]
        return in_slots + [p for p in found if p not in self.residue]

    def note_residue(self):
        """Files that were never committed are removed in time (never_stay): put on a list of their own."""
        for path in self.files():
            try:
                with open(path, "rb") as f:
                    head = f.read(HEAD_SIZE)
                mode = os.stat(path).st_mode
            except OSError:
                continue
            in_drop = "/maildrop/" in path and not mode & 0o100
            if in_drop or ("/incoming/" in path and (len(head) < HEAD_SIZE or head.strip(b"\0") == b"")):
                self.residue.add(path)

    def residue_goes(self, timeout=30):
        """Makes leftovers old; the mail system must remove them by itself. Returns those that stay."""
        old = time.time() - 30 * 86400
        for path in self.residue:
            if os.path.exists(path):
                os.utime(path, (old, old))
        if not self.master_pid():
            self.restart()
        until = time.monotonic() + timeout
        while time.monotonic() < until and any(os.path.exists(p) for p in self.residue):
            self.injector.read(0.2)
        left = [p for p in self.residue if os.path.exists(p)]
        for path in left:
            os.unlink(path)
        self.residue.clear()
        return left

    def purge(self):
        """After a failure: an empty queue again."""
        self.end()
        for path in self.files():
            if os.path.exists(path):  # a message in a slot has no file of its name
                shutil.move(path, os.path.join(self.dir, "failed-" + os.path.basename(path)))
