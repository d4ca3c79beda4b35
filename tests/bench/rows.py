# rows.py - what is measured: one function, one or several rows of the table
# SPDX-License-Identifier: ISC
import contextlib
import os
import shutil
import smtplib
import socket
import ssl
import statistics
import subprocess
import tempfile
import threading
import time

import load
import mta

SIZE = ["-l", "4096"]
MAIL = ["-f", "a@client.test", "-t", "b@far.test"]


class Row:
    def __init__(self, name, goal, unit, text):
        self.name, self.goal, self.unit, self.text = name, goal, unit, text


GROUPS = []  # (rows, function that returns one figure for each)


class Skip(Exception):
    """This figure cannot be had here."""


def rows(*lines):
    """name, goal, unit, text of each figure that the function returns (a tuple when there are several)."""
    def keep(f):
        made = [Row(*line) for line in lines]
        GROUPS.append((made, f if len(made) > 1 else lambda m: (f(m),)))
        return f
    return keep


def message(size=1024):
    return ("From: a@client.test\r\nTo: b@far.test\r\nSubject: bench\r\n\r\n" + ("x" * 62 + "\r\n") * (size // 64)).encode()


@contextlib.contextmanager
def running(m, extra=(), sink=()):
    """The system, started; sink=None when it delivers nothing by SMTP."""
    s = mta.Sink(m.sink_port, *sink) if sink is not None else None
    m.start(extra)
    try:
        yield m
    finally:
        m.stop()
        if s:
            s.stop()
        m.wipe()


def drain(m, began, count):
    """Messages per second until the queue is empty."""
    if not m.wait_empty():
        raise SystemExit("%s: mail is stuck in the queue; see %s" % (m.kind, m.log))
    return count / (time.monotonic() - began)


def one_by_smtp(m):
    with smtplib.SMTP("127.0.0.1", m.port, timeout=20) as c:
        c.sendmail("a@client.test", ["b@far.test"], message())


def one_by_sendmail(m):
    subprocess.run(m.command("sendmail", "-i", "b@far.test"), input=message().replace(b"\r\n", b"\n"), check=True)


def relay(m, sessions, count):
    """(messages per second, milliseconds of processor time of the mail system per message)"""
    with running(m):
        mta.source(m.port, "-s", str(sessions), "-m", "50", *SIZE, *MAIL)
        m.wait_empty()
        used, began = m.cpu(), time.monotonic()
        mta.source(m.port, "-s", str(sessions), "-m", str(count), *SIZE, *MAIL)
        rate = drain(m, began, count)
        return rate, (m.cpu() - used) * 1000 / count


@rows(("relay1", ">=5x", "msg/s", "relay end to end, 1 session"),
      ("relay1cpu", "", "ms", "... processor time per message"))
def relay1(m):
    return relay(m, 1, 1000)


@rows(("relay10", ">=5x", "msg/s", "relay end to end, 10 sessions"),
      ("relay10cpu", "", "ms", "... processor time per message"))
def relay10(m):
    return relay(m, 10, 2000)


def alone(sessions, count):
    """Messages per second from smtp-source to smtp-sink with no mail system between them."""
    sink = mta.Sink(port := mta.free_port())
    try:
        return count / mta.source(port, "-s", str(sessions), "-m", str(count), *SIZE, *MAIL)
    finally:
        sink.stop()


@rows(("alone1", "", "msg/s", "no mail system at all: the load programs by themselves, 1 session"))
def alone1(_):
    return alone(1, 1000)


@rows(("alone10", "", "msg/s", "no mail system at all: the load programs by themselves, 10 sessions"))
def alone10(_):
    return alone(10, 2000)


def sync_files(where, count):
    for i in range(count):
        fd = os.open(os.path.join(where, "%d-%d" % (os.getpid(), i)), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.write(fd, b"x" * 4700)
        os.fsync(fd)
        os.close(fd)


@rows(("disk10", "", "files/s", "no mail system at all: 10 processes that only create, write and sync files of 4.7 kB"))
def disk10(m):
    where = tempfile.mkdtemp(dir=os.path.dirname(m.dir))
    began, children = time.monotonic(), []
    for _ in range(10):
        children.append(os.fork())
        if not children[-1]:
            sync_files(where, 200)
            os._exit(0)
    for pid in children:
        os.waitpid(pid, 0)
    took = time.monotonic() - began
    shutil.rmtree(where)
    return 2000 / took


@rows(("accept", ">=5x", "msg/s", "accept to durable queue, 10 persistent sessions"))
def accept(m):
    with running(m, ["smtpd_recipient_restrictions = static:HOLD"], None):
        mta.source(m.port, "-d", "-s", "10", "-m", "50", *SIZE, *MAIL)
        return 2000 / mta.source(m.port, "-d", "-s", "10", "-m", "2000", *SIZE, *MAIL)


def spawn_times(argv, text, count):
    """Milliseconds from start to exit, each time; standard input is a file."""
    with tempfile.TemporaryFile() as f, open(os.devnull, "w") as null:
        f.write(text)
        f.flush()
        times = []
        for _ in range(count):
            f.seek(0)
            began = time.monotonic()
            pid = os.posix_spawn(argv[0], argv, os.environ,
                                 file_actions=[(os.POSIX_SPAWN_DUP2, f.fileno(), 0),
                                               (os.POSIX_SPAWN_DUP2, null.fileno(), 1)])
            status = os.waitpid(pid, 0)[1]
            times.append((time.monotonic() - began) * 1000)
            if status:
                raise SystemExit("bench: %s: status %d" % (" ".join(argv), status))
    return times


@rows(("sendmail", "<=1.5ms", "ms", "`sendmail` of a short message, start to exit"))
def sendmail(m):
    with running(m, ["defer_transports = smtp"], None):
        argv, text = m.command("sendmail", "-i", "b@far.test"), b"Subject: x\n\nhello\n"
        spawn_times(argv, text, 5)
        return statistics.median(spawn_times(argv, text, 100))


@rows(("true", "", "ms", "no mail system at all: `/bin/true`, start to exit"))
def true(_):
    return statistics.median(spawn_times(["/bin/true"], b"", 100))


@rows(("sendmailcf", "", "ms", "... of it, starting and reading the configuration (`sendmail -q1h`, which does nothing)"))
def sendmail_start(m):
    m.write_config()
    return statistics.median(spawn_times(m.command("sendmail", "-q1h"), b"", 100))


@rows(("idle", "<=400kB", "kB", "memory when idle (PSS of all processes)"),
      ("idlep", "1", "", "processes when idle"))
def idle(m):
    with running(m, ["max_idle = 3s"]):
        one_by_smtp(m)
        time.sleep(8)
        return m.memory()


@rows(("peak", "<=0.1x", "kB", "peak memory, 50 sessions relaying"))
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


def unchecked():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def session_memory(m, tls):
    with running(m, tls_in_settings(m) if tls else [], None):
        c = smtplib.SMTP("127.0.0.1", m.port, timeout=20)
        c.ehlo("client.test")
        if tls:
            c.starttls(context=unchecked())
            c.ehlo("client.test")
        c.sendmail("a@client.test", ["b@far.test"], message())
        got = max(m.private("smtpd"))
        c.quit()
        return got


@rows(("session", "<=250kB", "kB", "one smtpd session, private memory, plain"))
def session_plain(m):
    return session_memory(m, False)


@rows(("sessiontls", "<=450kB", "kB", "one smtpd session, private memory, TLS"))
def session_tls(m):
    return session_memory(m, True)


def certificate(m):
    """One key and certificate for both systems and the sink."""
    path = os.path.join(os.path.dirname(m.dir), "bench.pem")
    if not os.path.exists(path):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", path + ".key", "-out", path + ".crt", "-days", "30", "-subj", "/CN=bench.example.test"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(path, "w") as f:
            f.write(open(path + ".key").read() + open(path + ".crt").read())
    return path


def tls_in_settings(m):
    return ["smtpd_tls_security_level = may", "smtpd_tls_chain_files = %s" % certificate(m)]


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
        """(kB, requests), everything of before on the disk"""
        subprocess.run(["sync", "-f", self.mount], check=True)
        time.sleep(0.3)
        with open(self.stat) as f:
            w = f.read().split()
        return int(w[6]) / 2, int(w[4])

    def __exit__(self, *_):
        subprocess.run(["umount", self.mount])
        shutil.rmtree(self.top, ignore_errors=True)


def flash_of(m, step, times, extra=(), sink=(), first=None):
    """Median (kB, write requests) of one step, each followed by a sync; the first time is not counted."""
    if os.geteuid() != 0:
        raise Skip("needs root to mount a file system")
    with Disk() as disk:
        old, m.queue = m.queue, os.path.join(disk.mount, "queue")
        try:
            with running(m, extra, sink):
                if first:
                    first()
                got = []
                for _ in range(times + 1):
                    before = disk.written()
                    step()
                    after = disk.written()
                    got.append((after[0] - before[0], after[1] - before[1]))
                return tuple(statistics.median(column) for column in zip(*got[1:]))
        finally:
            m.queue = old


@rows(("flash", "<=0.34x", "kB", "flash written, one 1 kB message relayed at once"),
      ("flashw", "", "writes", "... in so many writes"))
def flash(m):
    def step():
        one_by_smtp(m)
        m.wait_empty()
    return flash_of(m, step, 8)


@rows(("flashsub", "<=0.34x", "kB", "flash written, one 1 kB message by `sendmail`"),
      ("flashsubw", "", "writes", "... in so many writes"))
def flash_sendmail(m):
    def step():
        one_by_sendmail(m)
        time.sleep(0.2)
        m.wait_empty()
    return flash_of(m, step, 8)


@rows(("retry", "0", "kB", "flash written by one failed retry"),
      ("retryw", "", "writes", "... in so many writes"))
def retry(m):
    def first():
        one_by_smtp(m)
        time.sleep(2)

    def step():
        subprocess.run(m.command("postqueue", "-f"), check=True)
        time.sleep(2)
    return flash_of(m, step, 4, sink=None, first=first)


@rows(("big", "", "msg/s", "10 MB message relayed"))
def big(m):
    with running(m, ["message_size_limit = 20000000"]):
        began = time.monotonic()
        mta.source(m.port, "-s", "1", "-m", "10", "-l", "10000000", *MAIL)
        return drain(m, began, 10)


@rows(("rcpt1000", "", "s", "1,000 recipients, one message"))
def many_recipients(m):
    with running(m, ["smtpd_recipient_limit = 1000"]):
        began = time.monotonic()
        mta.source(m.port, "-s", "1", "-m", "1", "-r", "1000", "-N", *SIZE, *MAIL)
        return 1 / drain(m, began, 1)


@rows(("deferstart", "", "s", "10,000 deferred: start"),
      ("defermem", "", "kB", "10,000 deferred: memory"),
      ("deferlist", "", "s", "10,000 deferred: `mailq`"))
def deferred(m):
    m.start(["smtpd_recipient_restrictions = static:HOLD"])
    mta.source(m.port, "-d", "-s", "10", "-m", "10000", "-l", "1024", *MAIL)
    subprocess.run(m.command("postsuper", "-H", "ALL"), check=True, stderr=subprocess.DEVNULL)
    m.stop()
    try:
        began = time.monotonic()
        m.start(["defer_transports = smtp"])
        started = time.monotonic() - began
        time.sleep(4)
        kb = m.memory()[0]
        began = time.monotonic()
        subprocess.run(m.command("postqueue", "-p"), check=True, stdout=subprocess.DEVNULL)
        return started, kb, time.monotonic() - began
    finally:
        m.stop()
        m.wipe()


@rows(("idle200", "", "kB", "200 idle sessions: memory"),
      ("idle200p", "", "", "200 idle sessions: processes"))
def idle_sessions(m):
    m.smtpd_max = "250"
    with running(m, ["smtpd_client_connection_count_limit = 0"], None):
        open_ = []
        for _ in range(200):
            s = socket.create_connection(("127.0.0.1", m.port), 20)
            s.recv(512)
            open_.append(s)
        got = m.memory()
        for s in open_:
            s.close()
    m.smtpd_max = "-"
    return got


@rows(("tlsin", "", "sess/s", "TLS sessions in, full handshakes, 4 clients"),
      ("tlsinre", "", "sess/s", "TLS sessions in, resumed, 4 clients"))
def tls_in(m):
    with running(m, tls_in_settings(m), None):
        load.tls_sessions(m.port, 4, 5)
        return load.tls_sessions(m.port, 4, 100), load.tls_sessions(m.port, 4, 100, True)


@rows(("tlsout", "", "sess/s", "TLS sessions out, one message each"))
def tls_out(m):
    sink = load.TlsSink(m.sink_port, certificate(m))
    settings = ["smtp_tls_security_level = encrypt", "smtp_connection_cache_on_demand = no"]
    try:
        with running(m, settings + ["smtpd_recipient_restrictions = static:HOLD"], None):
            mta.source(m.port, "-d", "-s", "10", "-m", "400", "-l", "1024", *MAIL)
            began = time.monotonic()
            subprocess.run(m.command("postsuper", "-H", "ALL"), check=True, stderr=subprocess.DEVNULL)
            subprocess.run(m.command("postqueue", "-f"), check=True)
            return drain(m, began, 400)
    finally:
        sink.stop()


@rows(("maildir", "", "msg/s", "local Maildir delivery"))
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
        return drain(m, began, 500)


@rows(("rcpt", "", "us", "one RCPT command, no access list"),
      ("access1", "", "us", "... added by one check_recipient_access table of 20 entries"),
      ("access20", "", "us", "... added by a list of 20 check_*_access"))
def access(m):
    table = "inline:{" + ", ".join("nobody%d@none.test=REJECT" % i for i in range(20)) + "}"
    lists = ", ".join("check_%s_access inline:{nobody%d@none.test=REJECT}" % (w, i) for i in range(5)
                      for w in ("client", "helo", "sender", "recipient"))
    took = []
    for restriction in ("", "check_recipient_access %s," % table, lists + ","):
        with running(m, ["smtpd_recipient_restrictions = %s permit_mynetworks" % restriction], None):
            load.recipients(m.port, 500)
            took.append(min(load.recipients(m.port, 3000) for _ in range(3)))
    return took[0], took[1] - took[0], took[2] - took[0]
