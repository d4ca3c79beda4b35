#!/usr/bin/env python3
# malta.py - a router as users have it: MIPS, 64 MB, squashfs and jffs2; sends, relays, loses its power
# SPDX-License-Identifier: ISC
#
# Boots Debian's Malta kernel in qemu-system-mipsel with PROGRAM, checks what is said below, line by line, and prints
# memory and flash figures. "make malta" makes what it needs.
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests"))

from lib import certs                                      # noqa: E402
from lib.client import Client                              # noqa: E402
from lib.env import Fail                                   # noqa: E402
from lib.ports import free_port                            # noqa: E402
from lib.sink import Sink                                  # noqa: E402

FLASH_MB, MEMORY_MB = 8, 64
# Debian's kernel has no driver for Malta's own flash chip. The flash is a part of the machine's memory that its
# kernel is told not to use, kept in a file: like a flash chip it is written at once, whatever happens afterwards.
FLASH_AT_MB, BLOCK = 40, 4096
MODULES = ["squashfs", "overlay", "jffs2", "virtio_pci", "virtio_blk", "virtio_net", "phram", "mtdblock"]
APPLETS = ["sendmail", "mailq", "postfix", "postqueue", "postsuper", "postconf"]


class Problem(Exception):
    """What should have happened did not."""


def newc(entries):
    """A cpio archive: [(path, mode, bytes)]."""
    out = bytearray()
    for number, (path, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")]):
        name = path.encode() + b"\0"
        fields = [number + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
        out += b"070701" + b"".join(b"%08X" % f for f in fields) + name
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return bytes(out)


def modules(kernel):
    """The modules and all they need, in the order they are loaded: [(name, path)]."""
    paths = {}
    for where, _, names in os.walk(os.path.join(kernel, "lib", "modules")):
        for n in names:
            if n.endswith(".ko"):
                paths[n[:-3].replace("-", "_")] = os.path.join(where, n)
    order = []

    def add(name):
        if name not in paths or name in order:  # absent: it is in the kernel
            return
        with open(paths[name], "rb") as f:
            needs = re.search(rb"\0depends=([^\0]*)\0", b"\0" + f.read())
        for n in (needs.group(1).decode().split(",") if needs else []):
            add(n.replace("-", "_"))
        order.append(name)
    for name in MODULES:
        add(name)
    return [(n, paths[n]) for n in order]


def copy(source, target, mode=0o644):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copy(source, target)
    os.chmod(target, mode)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)


class Board:
    def __init__(self, options, directory, sink_port, ca):
        self.o, self.dir = options, directory
        self.port = free_port()
        self.ram, self.root = os.path.join(directory, "ram"), os.path.join(directory, "root.squashfs")
        self.initrd, self.process = os.path.join(directory, "initrd"), None
        self._make_initrd()
        self._make_root(sink_port, ca)
        with open(self.ram, "wb") as f:
            f.truncate((MEMORY_MB + FLASH_MB) << 20)
            f.seek(FLASH_AT_MB << 20)
            f.write(b"\xff" * (FLASH_MB << 20))  # as it comes, erased

    def _make_initrd(self):
        mods = modules(os.path.join(self.o.parts, "kernel"))
        entries = [(d, 0o40755, b"") for d in ("bin", "dev", "proc", "sys", "modules")]
        with open(os.path.join(HERE, "init"), "rb") as f:
            entries.append(("init", 0o100755, f.read()))
        with open(os.path.join(self.o.parts, "busybox", "bin", "busybox"), "rb") as f:
            entries.append(("bin/busybox", 0o100755, f.read()))
        lines = []
        for name, path in mods:
            with open(path, "rb") as f:
                entries.append(("modules/%s.ko" % name, 0o100644, f.read()))
            lines.append(name + ".ko" + (" phram=flash,%dMi,%dMi,64ki" % (FLASH_AT_MB, FLASH_MB) if name == "phram" else ""))
        entries.append(("modules/order", 0o100644, ("\n".join(lines) + "\n").encode()))
        raw = newc(entries)
        with open(self.initrd, "wb") as f:
            f.write(subprocess.run(["gzip", "-1"], input=raw, stdout=subprocess.PIPE, check=True).stdout)

    def _make_root(self, sink_port, ca):
        top = os.path.join(self.dir, "root")
        for d in ("dev", "proc", "sys", "tmp", "overlay", "rom", "var/spool", "var/lib", "root", "bin", "sbin"):
            os.makedirs(os.path.join(top, d))
        copy(os.path.join(self.o.parts, "busybox", "bin", "busybox"), top + "/bin/busybox", 0o755)
        for name in "sh ls cat cut mount mkdir sync sed awk tr readlink chown hostname sleep grep wc printf ps find".split():
            os.symlink("busybox", os.path.join(top, "bin", name))
        for name in ("init", "ifconfig", "route"):
            os.symlink("../bin/busybox", os.path.join(top, "sbin", name))
        copy(self.o.program, top + "/usr/sbin/postlet", 0o755)
        for name in APPLETS:
            os.symlink("postlet", os.path.join(top, "usr", "sbin", name))
        copy(os.path.join(HERE, "rcS"), top + "/etc/init.d/rcS", 0o755)
        copy(os.path.join(HERE, "memory"), top + "/usr/sbin/memory", 0o755)
        copy(os.path.join(TOP, "conf", "master.cf"), top + "/etc/postfix/master.cf")
        copy(ca, top + "/etc/ssl/ca.pem")
        with open(os.path.join(HERE, "main.cf")) as f:
            write(top + "/etc/postfix/main.cf", f.read().replace("SINKPORT", str(sink_port)))
        write(top + "/etc/postfix/sasl_passwd", "[10.0.2.2]:%d router:secret\n" % sink_port, 0o600)
        write(top + "/etc/inittab", "::sysinit:/etc/init.d/rcS\nttyS0::respawn:/bin/sh\n")
        write(top + "/etc/passwd", "root:x:0:0::/root:/bin/sh\npostfix:x:89:89::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n")
        write(top + "/etc/group", "root:x:0:\npostfix:x:89:\npostdrop:x:90:\nnogroup:x:65534:\n")
        write(top + "/etc/hosts", "127.0.0.1 localhost\n")
        write(top + "/etc/resolv.conf", "nameserver 127.0.0.1\n")
        subprocess.run(["mksquashfs", top, self.root, "-comp", "xz", "-all-root", "-no-progress", "-quiet"], check=True,
                       stdout=subprocess.DEVNULL)

    # the machine

    def boot(self):
        boot = os.path.join(self.o.parts, "kernel", "boot")
        kernel = [os.path.join(boot, n) for n in os.listdir(boot) if n.startswith("vmlinuz")][0]
        self.seen = b""
        self.process = subprocess.Popen(
            ["qemu-system-mipsel", "-M", "malta,memory-backend=ram", "-cpu", "24Kf", "-m", str(MEMORY_MB + FLASH_MB),
             "-object", "memory-backend-file,id=ram,share=on,size=%dM,mem-path=%s" % (MEMORY_MB + FLASH_MB, self.ram),
             "-display", "none", "-vga", "none", "-no-reboot", "-monitor", "none", "-serial", "stdio",
             "-kernel", kernel, "-initrd", self.initrd, "-append", "console=ttyS0 quiet nokaslr mem=%dM@0 mem=%dM@%dM" % (
                 FLASH_AT_MB, MEMORY_MB - FLASH_AT_MB, FLASH_AT_MB + FLASH_MB),
             "-drive", "if=none,id=root,format=raw,readonly=on,file=" + self.root, "-device", "virtio-blk-pci,drive=root",
             "-nic", "none", "-netdev", "user,id=net,hostfwd=tcp:127.0.0.1:%d-:25" % self.port,
             "-device", "virtio-net-pci,netdev=net,romfile="],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        return float(self.wait(rb"malta: up after ([\d.]+) s", 240).group(1))

    def wait(self, pattern, seconds):
        until = time.monotonic() + seconds
        while True:
            data = self.process.stdout.read() or b""
            self.seen += data
            if self.o.verbose:
                sys.stdout.write(data.decode("latin-1"))
            m = re.search(pattern, self.seen)
            if m:
                self.seen = self.seen[m.end():]
                return m
            if time.monotonic() > until or self.process.poll() is not None:
                raise Problem("no %r on the console:\n%s" % (pattern.decode(), self.seen[-2000:].decode("latin-1")))
            time.sleep(0.02)

    def run(self, command, seconds=60):
        """One line for the console's shell; what it prints."""
        self.process.stdin.write(("%s; echo do''ne\n" % command).encode())
        self.process.stdin.flush()
        m = self.wait(rb"(?s)(.*?)\r?\ndone\r?\n", seconds)
        return m.group(1).decode("latin-1").replace("\r", "")

    def flash(self):
        """What is on the flash now."""
        with open(self.ram, "rb") as f:
            f.seek(FLASH_AT_MB << 20)
            return f.read(FLASH_MB << 20)

    def cut(self):
        """The power goes."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def until(what, condition, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise Problem("waited %d s for %s" % (seconds, what))
        time.sleep(0.05)


def bodies(sink):
    with sink.lock:
        return b"\n".join(m["data"] for m in sink.messages)


def noise(size):
    """A line of text that cannot be compressed."""
    return bytes(b for b in os.urandom(2 * size) if b not in b"\0\r\n")[:size].decode("utf-8", "surrogateescape")


def send(board, text, subject="camera"):
    c = Client(board.port, timeout=60)
    try:
        c.hello("camera.test")
        c.message("camera@example.test", ["admin@example.test"], "Subject: %s\r\n\r\n%s\r\n" % (subject, text))
    finally:
        c.close()


def memory(board):
    rows = [line.split()[1:] for line in board.run("memory").split("\n") if line.startswith("memory ")]
    return [(r[0], int(r[1]), int(r[2])) for r in rows if len(r) == 3]


def show_memory(when, rows):
    print("memory %s: %d kB PSS, %d kB private dirty in %d processes (%s)" % (
        when, sum(r[1] for r in rows), sum(r[2] for r in rows), len(rows),
        ", ".join("%s %d/%d" % r for r in rows)))


def flash_per_message(board, sink, n=10):
    """Bytes of flash that are others afterwards; jffs2 only appends, and erases rarely. It compresses what it writes,
    so the messages are as a photograph is: bytes without any order."""
    board.run("sync")
    before, count = board.flash(), sink.count()
    for i in range(n):
        send(board, noise(1000))
        until("the message to be relayed", lambda: sink.count() == count + i + 1)
    board.run("sync")
    after = board.flash()
    return sum(sum(x != y for x, y in zip(before[at:at + BLOCK], after[at:at + BLOCK]))
               for at in range(0, len(before), BLOCK) if before[at:at + BLOCK] != after[at:at + BLOCK]) // n


def power_cut(board, sink):
    """Mail keeps coming while nothing goes out; the power goes in the middle of it."""
    sink.rule("MAIL: 451 4.3.0 not now")
    taken, started = [], []

    def feed():
        for i in range(1000):
            started.append(i)
            send(board, "before the cut %d." % i)
            taken.append(i)
    thread = threading.Thread(target=lambda: _quietly(feed), daemon=True)
    thread.start()
    until("mail to be taken", lambda: len(taken) >= 12, 120)
    board.cut()
    thread.join(90)
    accepted = list(taken)
    print("power cut: %d messages acknowledged, %d begun" % (len(accepted), len(started)))
    with sink.lock:
        sink.replies.clear()
    print("boots again: %.1f s" % board.boot())
    try:
        until("the mail of before the cut", lambda: all(b"\r\nbefore the cut %d." % i in bodies(sink) for i in accepted), 90)
    except Problem:
        lost = [i for i in accepted if b"\r\nbefore the cut %d." % i not in bodies(sink)]
        raise Problem("lost %r\n%s" % (lost, board.run("mailq; cat /tmp/maillog")))
    print("power cut: 0 lost")


def _quietly(f):
    try:
        f()
    except Exception:
        pass  # the power is gone


def check(board, sink):
    print("boots: %.1f s to the running mail system, %d MB of memory" % (board.boot(), MEMORY_MB))
    show_memory("idle", memory(board))
    start = time.monotonic()
    board.run("printf 'Subject: alert\\n\\nthe disk is full\\n' | sendmail -f router@example.test admin@example.test")
    until("the alert", lambda: b"the disk is full" in bodies(sink))
    print("sendmail: alert relayed over TLS with AUTH after %.1f s" % (time.monotonic() - start))
    if not re.search(r"(?ms)^tls.*^AUTH", sink.text()):
        raise Problem("not over TLS with AUTH:\n" + sink.text())
    send(board, "from the camera")
    until("the camera's message", lambda: b"from the camera" in bodies(sink))
    print("smtp: message taken from the network and relayed")
    show_memory("relaying", memory(board))
    print("flash: %d bytes of jffs2 written for one 1 kB message relayed at once" % flash_per_message(board, sink))
    power_cut(board, sink)
    show_memory("after the queue", memory(board))
    left = board.run("find /var/spool/postfix/incoming /var/spool/postfix/deferred -type f | wc -l").split()
    print("queue: %s files left" % (left[-1] if left else "?"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", required=True, help="directory with kernel/ and busybox/")
    parser.add_argument("--build", required=True)
    parser.add_argument("-v", "--verbose", action="store_true", help="shows the console")
    parser.add_argument("program")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="postlet-malta-")
    made = certs.make(options.build)
    sink = Sink("starttls server\nauth PLAIN,LOGIN router:secret", certs=made)
    board, failed, start = None, 0, time.monotonic()
    try:
        board = Board(options, directory, sink.port, os.path.join(made, "ca.pem"))
        check(board, sink)
    except (Problem, Fail) as e:
        failed = 1
        print("FAIL  malta: %s" % e)
        if board and board.process and board.process.poll() is None:
            print(_log(board))
    finally:
        if board and board.process and board.process.poll() is None:
            board.cut()
        sink.stop()
        shutil.rmtree(directory, ignore_errors=True)
    print("%d passed, %d failed, 0 skipped (malta, %d s)" % (1 - failed, failed, time.monotonic() - start))
    return failed


def _log(board):
    try:
        return board.run("cat /tmp/maillog; df; mount")
    except Problem as e:
        return str(e)


if __name__ == "__main__":
    sys.exit(main())
