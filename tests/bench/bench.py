#!/usr/bin/env python3
# bench.py - the figures of the design's budget table, postlet beside Debian's Postfix
# SPDX-License-Identifier: ISC
#
# bench.py [--rounds N] [--only WORD,...] [--write FILE] BINARY
# Both systems get the same work in turn, several rounds; the table shows medians and the ratio of medians.
import argparse
import contextlib
import os
import platform
import shutil
import smtplib
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mta  # noqa: E402

SIZE = ["-l", "4096"]
MAIL = ["-f", "a@client.test", "-t", "b@far.test"]


class Row:
    def __init__(self, name, goal, unit, better, measure, text):
        self.name, self.goal, self.unit, self.better, self.measure, self.text = name, goal, unit, better, measure, text


ROWS = []


def row(name, goal, unit, better, text):
    def keep(f):
        ROWS.append(Row(name, goal, unit, better, f, text))
        return f
    return keep


def message(size=1024):
    return ("From: a@client.test\r\nTo: b@far.test\r\nSubject: bench\r\n\r\n" + ("x" * 62 + "\r\n") * (size // 64)).encode()


@contextlib.contextmanager
def running(m, extra=(), sink=()):
    s = mta.Sink(m.sink_port, *sink) if sink is not None else None
    m.start(extra)
    try:
        yield m
    finally:
        m.stop()
        if s:
            s.stop()
        m.wipe()


def relay(m, sessions, count):
    with running(m):
        mta.source(m.port, "-s", str(sessions), "-m", "50", *SIZE, *MAIL)
        m.wait_empty()
        began = time.monotonic()
        mta.source(m.port, "-s", str(sessions), "-m", str(count), *SIZE, *MAIL)
        if not m.wait_empty():
            raise SystemExit("%s: mail is stuck in the queue" % m.kind)
        return count / (time.monotonic() - began)


@row("relay1", ">=5x", "msg/s", "more", "relay end to end, 1 session")
def relay1(m):
    return relay(m, 1, 1000 if m.kind == "postfix" else 3000)


@row("relay10", ">=5x", "msg/s", "more", "relay end to end, 10 sessions")
def relay10(m):
    return relay(m, 10, 1000 if m.kind == "postfix" else 3000)


@row("accept", ">=5x", "msg/s", "more", "accept to durable queue, 10 persistent sessions")
def accept(m):
    with running(m, ["smtpd_recipient_restrictions = static:HOLD"], None):
        n = 2000 if m.kind == "postfix" else 5000
        return n / mta.source(m.port, "-d", "-s", "10", "-m", str(n), *SIZE, *MAIL)


@row("sendmail", "<=1.5ms", "ms", "less", "sendmail of a short message, start to exit")
def sendmail(m):
    with running(m, ["defer_transports = smtp"], None):
        argv, times = m.command("sendmail", "-i", "b@far.test"), []
        for _ in range(60):
            began = time.monotonic()
            subprocess.run(argv, input=b"Subject: x\n\nhello\n", check=True)
            times.append((time.monotonic() - began) * 1000)
        # What starting any program from here costs is not sendmail's.
        base = []
        for _ in range(60):
            began = time.monotonic()
            subprocess.run(["/bin/true"], input=b"", check=True)
            base.append((time.monotonic() - began) * 1000)
        return max(0.0, statistics.median(times) - statistics.median(base))


@row("idle", "<=400kB", "kB", "less", "memory when idle (PSS of all processes)")
def idle(m):
    with running(m, ["max_idle = 3s"], None):
        time.sleep(7)
        return m.memory()[0]


@row("idlep", "1", "", "less", "processes when idle")
def idle_processes(m):
    with running(m, ["max_idle = 3s"], None):
        time.sleep(7)
        return m.memory()[1]


@row("peak", "<=0.1x", "kB", "less", "peak memory, 50 sessions relaying")
def peak(m):
    with running(m):
        top, done = [0], threading.Event()

        def watch():
            while not done.is_set():
                top[0] = max(top[0], m.memory()[0])
                time.sleep(0.05)
        t = threading.Thread(target=watch)
        t.start()
        mta.source(m.port, "-s", "50", "-m", "1500", *SIZE, *MAIL)
        m.wait_empty()
        done.set()
        t.join()
        return top[0]


def session_memory(m, tls, certs):
    extra = ["smtpd_tls_security_level = may", "smtpd_tls_chain_files = %s" % certs] if tls else []
    with running(m, extra, None):
        c = smtplib.SMTP("127.0.0.1", m.port, timeout=20)
        c.ehlo("client.test")
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            c.starttls(context=context)
            c.ehlo("client.test")
        c.sendmail("a@client.test", ["b@far.test"], message())
        got = max(m.private("smtpd"))
        c.quit()
        return got


@row("session", "<=250kB", "kB", "less", "one smtpd session, private memory, plain")
def session_plain(m):
    return session_memory(m, False, None)


@row("sessiontls", "<=450kB", "kB", "less", "one smtpd session, private memory, TLS")
def session_tls(m):
    return session_memory(m, True, certificate())


_certs = []


def certificate():
    if not _certs:
        path = os.path.join(tempfile.gettempdir(), "bench-cert-%d.pem" % os.getpid())
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", path + ".key", "-out", path + ".crt", "-days", "30", "-subj", "/CN=bench.example.test"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(path, "w") as f:
            f.write(open(path + ".key").read() + open(path + ".crt").read())
        _certs.append(path)
    return _certs[0]


class Disk:
    """A loop-mounted ext4 whose writes are counted."""

    def __enter__(self):
        self.top = tempfile.mkdtemp(prefix="bench-disk-")
        image = os.path.join(self.top, "image")
        with open(image, "wb") as f:
            f.truncate(256 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image], check=True)
        self.mount = os.path.join(self.top, "mnt")
        os.mkdir(self.mount)
        subprocess.run(["mount", "-o", "loop,noatime", image, self.mount], check=True)
        dev = subprocess.run(["findmnt", "-no", "SOURCE", self.mount], check=True, capture_output=True, text=True).stdout.strip()
        self.stat = "/sys/block/%s/stat" % os.path.basename(dev)
        return self

    def written(self):
        """(kB, requests)"""
        os.sync()
        time.sleep(0.3)
        with open(self.stat) as f:
            w = f.read().split()
        return int(w[6]) / 2, int(w[4])

    def __exit__(self, *_):
        subprocess.run(["umount", self.mount])
        shutil.rmtree(self.top, ignore_errors=True)


def on_disk(m, disk, extra, sink, work):
    old, m.queue = m.queue, os.path.join(disk.mount, "queue")
    try:
        with running(m, extra, sink):
            return work()
    finally:
        m.queue = old


@row("flash", "<=0.34x", "kB", "less", "flash written, one 1 kB message relayed at once")
def flash(m):
    with Disk() as disk:
        def work():
            kb = []
            for _ in range(6):
                before = disk.written()[0]
                with smtplib.SMTP("127.0.0.1", m.port, timeout=20) as c:
                    c.sendmail("a@client.test", ["b@far.test"], message())
                m.wait_empty()
                kb.append(disk.written()[0] - before)
            return statistics.median(kb[1:])
        return on_disk(m, disk, [], (), work)


@row("flashsub", "<=0.34x", "kB", "less", "flash written, one 1 kB message by sendmail")
def flash_sendmail(m):
    with Disk() as disk:
        def work():
            kb = []
            for _ in range(6):
                before = disk.written()[0]
                subprocess.run(m.command("sendmail", "-i", "b@far.test"), input=message().replace(b"\r\n", b"\n"), check=True)
                time.sleep(0.2)
                m.wait_empty()
                kb.append(disk.written()[0] - before)
            return statistics.median(kb[1:])
        return on_disk(m, disk, [], (), work)


@row("retry", "0", "kB", "less", "flash written by one failed retry")
def retry(m):
    with Disk() as disk:
        def work():
            with smtplib.SMTP("127.0.0.1", m.port, timeout=20) as c:
                c.sendmail("a@client.test", ["b@far.test"], message())
            time.sleep(2)
            kb = []
            for _ in range(4):
                before = disk.written()[0]
                subprocess.run(m.command("postqueue", "-f"), check=True)
                time.sleep(2)
                kb.append(disk.written()[0] - before)
            return statistics.median(kb)
        return on_disk(m, disk, [], None, work)


@row("big", "", "msg/s", "more", "10 MB message relayed")
def big(m):
    with running(m, ["message_size_limit = 20000000"]):
        began = time.monotonic()
        mta.source(m.port, "-s", "1", "-m", "8", "-l", "10000000", *MAIL)
        m.wait_empty()
        return 8 / (time.monotonic() - began)


@row("rcpt1000", "", "s", "less", "1,000 recipients, one message")
def many_recipients(m):
    with running(m, ["smtpd_recipient_limit = 1000"]):
        began = time.monotonic()
        mta.source(m.port, "-s", "1", "-m", "1", "-r", "1000", "-N", *SIZE, *MAIL)
        m.wait_empty()
        return time.monotonic() - began


def deferred(m, what):
    """10,000 deferred messages: start-up time, memory, listing time."""
    m.start(["smtpd_recipient_restrictions = static:HOLD"])
    mta.source(m.port, "-d", "-s", "10", "-m", "10000", "-l", "1024", *MAIL)
    subprocess.run(m.command("postsuper", "-H", "ALL"), check=True, stderr=subprocess.DEVNULL)
    m.stop()
    try:
        began = time.monotonic()
        m.start(["defer_transports = smtp"])
        started = time.monotonic() - began
        time.sleep(4)
        if what == "start":
            return started
        if what == "memory":
            return m.memory()[0]
        began = time.monotonic()
        subprocess.run(m.command("postqueue", "-p"), check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began
    finally:
        m.stop()
        m.wipe()


@row("deferstart", "", "s", "less", "10,000 deferred: start")
def deferred_start(m):
    return deferred(m, "start")


@row("defermem", "", "kB", "less", "10,000 deferred: memory")
def deferred_memory(m):
    return deferred(m, "memory")


@row("deferlist", "", "s", "less", "10,000 deferred: mailq")
def deferred_list(m):
    return deferred(m, "list")


@row("idle200", "", "kB", "less", "200 idle sessions: memory")
def idle_sessions(m):
    m.smtpd_max = "250"
    with running(m, ["smtpd_client_connection_count_limit = 0"], None):
        open_ = []
        for _ in range(200):
            s = socket.create_connection(("127.0.0.1", m.port), 20)
            s.recv(512)
            open_.append(s)
        kb = m.memory()[0]
        for s in open_:
            s.close()
    m.smtpd_max = "-"
    return kb


@row("tlsin", "", "sess/s", "more", "TLS sessions in")
def tls_in(m):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with running(m, ["smtpd_tls_security_level = may", "smtpd_tls_chain_files = %s" % certificate()], None):
        began = time.monotonic()
        for _ in range(60):
            c = smtplib.SMTP("127.0.0.1", m.port, timeout=20)
            c.starttls(context=context)
            c.quit()
        return 60 / (time.monotonic() - began)


@row("maildir", "", "msg/s", "more", "local Maildir delivery")
def maildir(m):
    top = os.path.join(m.dir, "mail")
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(top)
    u = mta.pwd.getpwnam(m.owner)
    if os.geteuid() == 0:
        os.chown(top, u.pw_uid, u.pw_gid)
    extra = ["virtual_mailbox_domains = v.test", "virtual_mailbox_base = %s" % top,
             "virtual_mailbox_maps = inline:{b@v.test=b/}", "virtual_minimum_uid = 1",
             "virtual_uid_maps = static:%d" % u.pw_uid, "virtual_gid_maps = static:%d" % u.pw_gid]
    with running(m, extra, None):
        began = time.monotonic()
        mta.source(m.port, "-s", "5", "-m", "500", *SIZE, "-f", "a@client.test", "-t", "b@v.test")
        if not m.wait_empty():
            raise SystemExit("%s: mail is stuck in the queue" % m.kind)
        return 500 / (time.monotonic() - began)


@row("access20", "", "msg/s", "more", "accept with 20 check_*_access lists")
def access20(m):
    lists = ", ".join("check_%s_access inline:{nobody%d@none.test=REJECT}" % (w, i) for i in range(5)
                      for w in ("client", "helo", "sender", "recipient"))
    with running(m, ["smtpd_recipient_restrictions = " + lists + ", static:HOLD"], None):
        return 2000 / mta.source(m.port, "-d", "-s", "10", "-m", "2000", *SIZE, *MAIL)


def met(r, ours, theirs):
    g = r.goal
    if not g:
        return ""
    if g.endswith("x"):
        n = float(g[2:-1])
        ratio = ours / theirs if theirs else float("inf")
        return "yes" if (ratio >= n if g.startswith(">=") else ratio <= n) else "no"
    number = float("".join(c for c in g if c.isdigit() or c == "."))
    return "yes" if ours <= number else "no"


def figure(v):
    return "%.0f" % v if v >= 100 else "%.2f" % v if v < 10 else "%.1f" % v


def table(results):
    out = ["| figure | unit | Postfix | postlet | ratio | goal | met |", "|---|---|---|---|---|---|---|"]
    for r, pf, pl in results:
        a, b = statistics.median(pf), statistics.median(pl)
        out.append("| %s | %s | %s | %s | %s | %s | %s |" % (r.text, r.unit, figure(a), figure(b),
                                                           "%.2f" % (b / a) if a else "-", r.goal or "-", met(r, b, a) or "-"))
    return "\n".join(out)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--only", default="")
    p.add_argument("--skip-postfix", action="store_true")
    p.add_argument("--write")
    p.add_argument("binary")
    a = p.parse_args()
    if not os.path.exists("/usr/sbin/smtp-source"):
        raise SystemExit("bench: install Debian's postfix package first (make bench does)")
    top = tempfile.mkdtemp(prefix="bench-")
    os.chmod(top, 0o755)
    kinds = [mta.Mta("postfix", top), mta.Mta("postlet", top, os.path.abspath(a.binary))]
    results = []
    try:
        for r in ROWS:
            if a.only and r.name not in a.only.split(","):
                continue
            got = {"postfix": [], "postlet": []}
            for _ in range(a.rounds):
                for m in kinds:
                    if a.skip_postfix and m.kind == "postfix":
                        got["postfix"].append(0)
                        continue
                    got[m.kind].append(r.measure(m))
            results.append((r, got["postfix"], got["postlet"]))
            print(table(results[-1:]).split("\n")[-1], flush=True)
    finally:
        for m in kinds:
            with contextlib.suppress(OSError):
                os.unlink(m.log)
        shutil.rmtree(top, ignore_errors=True)
    print("\n" + table(results))
    if a.write:
        with open(a.write, "w") as f:
            version = subprocess.run(["/usr/sbin/postconf", "-dh", "mail_version"], capture_output=True, text=True).stdout.strip()
            f.write("# Measured with `make bench`\n\nMachine: %s, %d processors, Linux %s. Postfix %s, %d rounds, medians.\n\n%s\n"
                    % (platform.machine(), os.cpu_count(), platform.release(), version, a.rounds, table(results)))


if __name__ == "__main__":
    main()
