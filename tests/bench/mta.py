# mta.py - one private mail system, Debian's Postfix or postlet, set up alike
# SPDX-License-Identifier: ISC
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from lib import slots  # noqa: E402

POSTFIX_MASTER = """\
{port} inet n - n - {smtpd_max} smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pids_below(pid):
    """The process and all its descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    children.setdefault(int(f.read().rsplit(") ", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        todo += children.get(p, [])
    return found


def rollup(pid):
    """kB by name from smaps_rollup; empty when the process has gone."""
    try:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            return {w[0].rstrip(":"): int(w[1]) for w in (line.split() for line in f.readlines()[1:]) if len(w) > 2}
    except OSError:
        return {}


class Mta:
    def __init__(self, kind, top, binary=None, conf=(), queue=None, smtpd_max="-"):
        self.kind, self.dir, self.binary = kind, os.path.join(top, kind), binary
        self.port, self.sink_port = free_port(), free_port()
        self.queue = queue or os.path.join(self.dir, "queue")
        self.etc = os.path.join(self.dir, "etc")
        self.log = "/var/log/postlet-bench-%s-%d.log" % (kind, os.getpid())
        self.conf, self.smtpd_max = list(conf), smtpd_max
        self.owner = "postfix" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def write_config(self, extra=()):
        shutil.rmtree(self.etc, ignore_errors=True)
        os.makedirs(self.etc)
        os.makedirs(self.queue, exist_ok=True)
        os.makedirs(os.path.join(self.dir, "data"), exist_ok=True)
        if os.geteuid() == 0:
            u = pwd.getpwnam(self.owner)
            os.chown(os.path.join(self.dir, "data"), u.pw_uid, u.pw_gid)
        for p in (self.dir, os.path.dirname(self.dir), self.queue):
            os.chmod(p, 0o755)
        with open(os.path.join(self.etc, "main.cf"), "w") as f:
            f.write("compatibility_level = 3.6\nqueue_directory = %s\ndata_directory = %s/data\nmail_owner = %s\n"
                    "setgid_group = postdrop\ncommand_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n"
                    "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n"
                    "myhostname = bench.example.test\nmydestination = local.test\nalias_maps =\nalias_database =\n"
                    "local_recipient_maps =\nrelayhost = [127.0.0.1]:%d\ndisable_dns_lookups = yes\n"
                    "smtpd_peername_lookup = no\nmaillog_file = %s\nmaximal_backoff_time = 1000s\n"
                    % (self.queue, self.dir, self.owner, self.sink_port, self.log))
            for line in self.conf + list(extra):
                f.write(line + "\n")
        with open(os.path.join(self.etc, "master.cf"), "w") as f:
            f.write(POSTFIX_MASTER.format(port=self.port, smtpd_max=self.smtpd_max))

    def command(self, *words):
        """argv of one of the mail system's commands."""
        if self.kind == "postlet":
            return [self.binary, words[0], "-C" if words[0] in ("sendmail", "mailq") else "-c", self.etc, *words[1:]]
        return ["/usr/sbin/" + words[0], "-C" if words[0] in ("sendmail", "mailq") else "-c", self.etc, *words[1:]]

    def start(self, extra=()):
        self.write_config(extra)
        subprocess.run(self.command("postfix", "start"), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("%s does not answer on port %d; see %s" % (self.kind, self.port, self.log))

    def master_pid(self):
        with open(os.path.join(self.queue, "pid/master.pid")) as f:
            return int(f.read())

    def stop(self):
        subprocess.run(self.command("postfix", "stop"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if subprocess.run(self.command("postfix", "status"), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode:
                break
            time.sleep(0.1)

    def wipe(self):
        """Empties the queue of a stopped system."""
        for name in ("incoming", "active", "deferred", "hold", "maildrop", "defer", "bounce", "corrupt", "slots"):
            for base, _, files in os.walk(os.path.join(self.queue, name)):
                for f in files:
                    os.unlink(os.path.join(base, f))

    def queued(self):
        return sum(len(files) for name in ("incoming", "active", "deferred", "hold", "maildrop")
                   for _, _, files in os.walk(os.path.join(self.queue, name))) + len(slots.messages(self.queue))

    def wait_empty(self, seconds=120):
        until = time.monotonic() + seconds
        while self.queued() and time.monotonic() < until:
            time.sleep(0.005)
        return not self.queued()

    def memory(self):
        """(sum of PSS in kB, number of processes)"""
        pids = pids_below(self.master_pid())
        parts = [rollup(p) for p in pids]
        return sum(p.get("Pss", 0) for p in parts), len(pids)

    def cpu(self):
        """Seconds of processor time that it has used so far, processes that have ended included."""
        ticks = 0
        for p in pids_below(self.master_pid()):
            try:
                with open("/proc/%d/stat" % p) as f:
                    words = f.read().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            ticks += sum(int(w) for w in (words[11:15] if p == self.master_pid() else words[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def private(self, program):
        """Private memory in kB of each process of that name."""
        out = []
        for p in pids_below(self.master_pid()):
            try:
                with open("/proc/%d/cmdline" % p, "rb") as f:
                    name = os.path.basename(f.read().split(b"\0")[0].decode())
            except OSError:
                continue
            if name == program:
                r = rollup(p)
                out.append(r.get("Private_Dirty", 0) + r.get("Private_Clean", 0))
        return out


class Sink:
    """Postfix's smtp-sink, for both sides the same."""

    def __init__(self, port, *options):
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        self.p = subprocess.Popen(["/usr/sbin/smtp-sink", *user, *options, "127.0.0.1:%d" % port, "1000"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.2)

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        self.p.wait()


def source(port, *options):
    """Seconds that smtp-source took."""
    began = time.monotonic()
    subprocess.run(["/usr/sbin/smtp-source", *options, "127.0.0.1:%d" % port], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began
