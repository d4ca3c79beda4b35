#!/usr/bin/env python3
# powercut.py - power cuts: a machine's disk with every write logged, and what is on it at each point of the log
# SPDX-License-Identifier: ISC
#
# A virtual machine (QEMU, Debian's kernel, BusyBox) runs the mail system on an ext4 file system while feed.c sends
# messages. QEMU's blklogwrites driver logs each write and each flush of the disk. Afterwards the disk is put together
# again as the power cut would have left it: everything up to a flush, and of what came after that flush only some
# writes, by chance (a disk may write them in any order). Each such disk is mounted, the mail system is started on it,
# and when it is idle every message that was acknowledged before the cut must be there, and nothing that is half there.
#
import argparse
import gzip
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from lib import proc, slots                                # noqa: E402
from lib.env import Env, Fail, Skip                        # noqa: E402
from lib.instance import Instance                          # noqa: E402

FS_MB, MARKS_MB = 48, 16
SECTOR = 512
FLUSH, FUA, DISCARD = 1, 2, 4

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
for m in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk FSMODULES; do insmod /modules/$m.ko; done
ifconfig lo 127.0.0.1 up
mount -t FSTYPE /dev/vda /m || echo "power: cannot mount"
postfix start || echo "power: postfix does not start"
feed 2525 /dev/vda MARKS CHILDREN MESSAGES
sleep 2
tail -n 400 /maillog | grep -E 'warning|error|fatal|panic'
echo "power: end"
poweroff -f
"""
MAIN_CF = """
queue_directory = ROOT/queue
mail_owner = OWNER
setgid_group = GROUP
data_directory = ROOT/data
maillog_file = LOG
maillog_file_prefixes = /
myhostname = mail.example.test
mydomain = example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination = $myhostname
compatibility_level = 3.6
alias_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_base = ROOT/mail
virtual_mailbox_maps = inline:{alice@example.test=alice/,boxed@example.test=boxed,bob@example.test=bob/}
virtual_uid_maps = static:UID
virtual_gid_maps = static:UID
virtual_minimum_uid = 1
transport_maps = inline:{later.test=smtp:[127.0.0.1]:NEXT}
smtp_tls_security_level = none
smtpd_client_connection_count_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
service_throttle_time = 1s
stale_lock_time = 1s
deliver_lock_delay = 1s
"""


def newc(entries):
    """A cpio archive: [(path, mode, bytes)]."""
    out = bytearray()
    for number, (path, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")]):
        name = path.encode() + b"\0"
        fields = [number + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
        out += b"070701" + b"".join(b"%08X" % f for f in fields) + name
        out += b"\0" * (-len(out) % 4)
        out += data
        out += b"\0" * (-len(out) % 4)
    return bytes(out)


def libraries(binary):
    text = subprocess.run(["ldd", binary], capture_output=True, text=True).stdout
    return re.findall(r"(/\S+)", text)


def module_files(directory, name):
    """A module after those it needs: [(name, path)]; none when it is built in."""
    paths = {}
    for where, _, names in os.walk(directory):
        paths.update((n[:-3].replace("-", "_"), os.path.join(where, n)) for n in names if n.endswith(".ko"))
    order = []

    def add(one):
        if one not in paths or any(one == n for n, _ in order):
            return
        with open(paths[one], "rb") as f:
            needs = re.search(rb"\0depends=([^\0]*)\0", b"\0" + f.read())
        for n in (needs.group(1).decode().split(",") if needs else []):
            add(n.replace("-", "_"))
        order.append((one, paths[one]))
    add(name)
    return order


MAKE_FS = {"ext4": ["-q", "-F", "-J", "size=4"], "ext3": ["-q", "-F", "-J", "size=4"],
           "btrfs": ["-q", "-f", "--mixed", "-b", "%dM" % FS_MB]}


class Machine:
    """Kernel, initial file system, disk; one run."""

    def __init__(self, options, env, directory):
        self.o, self.env, self.dir = options, env, directory
        self.base, self.disk, self.log = (os.path.join(directory, n) for n in ("base.img", "disk.img", "writes.log"))

    def kernel(self):
        """Debian's kernel, kept in the build directory."""
        where = os.path.join(self.o.build, "powercut")
        found = [os.path.join(where, "boot", n) for n in (os.listdir(where + "/boot") if os.path.isdir(where + "/boot") else [])]
        found = [p for p in found if "vmlinuz" in p]
        if not found:
            os.makedirs(where, exist_ok=True)
            text = subprocess.run(["apt-cache", "depends", "linux-image-cloud-amd64"], capture_output=True, text=True).stdout
            names = re.findall(r"Depends: (\S+)", text)
            if not names or subprocess.run(["apt-get", "download", "-qq", names[0]], cwd=where).returncode:
                raise Skip("no kernel to download (linux-image-cloud-amd64)")
            for name in os.listdir(where):
                if name.endswith(".deb"):
                    subprocess.run(["dpkg", "-x", name, "."], cwd=where, check=True)
                    os.unlink(os.path.join(where, name))
            return self.kernel()
        version = os.path.basename(found[0]).partition("-")[2]
        return found[0], os.path.join(where, "lib", "modules", version, "kernel")

    def main_cf(self, root, log, next_port):
        text = MAIN_CF
        for name, value in (("ROOT", root), ("LOG", log), ("OWNER", self.env.owner.pw_name), ("GROUP", self.env.setgid.gr_name),
                            ("UID", str(self.env.local.pw_uid)), ("NEXT", str(next_port))):
            text = text.replace(name, value)
        return text

    def initramfs(self, modules):
        with open(os.path.join(self.env.root_dir, "conf", "master.cf")) as f:
            master = re.sub(r"(?m)^smtp +inet +n +- +y", "127.0.0.1:2525 inet n - y", f.read())
        drivers = module_files(modules, self.o.fs)
        init = INIT.replace("MARKS", str(FS_MB << 20)).replace("FSTYPE", self.o.fs)
        init = init.replace("FSMODULES", " ".join(n for n, _ in drivers))
        init = init.replace("CHILDREN", str(self.o.children)).replace("MESSAGES", str(self.o.messages))
        entries = [(d, 0o40755, b"") for d in ("bin", "dev", "proc", "sys", "m", "etc", "etc/postfix", "modules", "tmp", "lib",
                                               "lib64", "lib/x86_64-linux-gnu", "usr", "usr/lib", "usr/lib/x86_64-linux-gnu")]
        files = {"init": (0o755, init.encode()), "etc/postfix/main.cf": (0o644, self.main_cf("/m", "/maillog", 1).encode()),
                 "etc/postfix/master.cf": (0o644, master.encode())}
        copies = {"bin/busybox": "/bin/busybox", "bin/postlet": self.env.binary, "bin/feed": self.o.feed}
        for path in libraries(self.env.binary):
            copies[path.lstrip("/")] = path
        for name in ("passwd", "group", "nsswitch.conf"):
            copies["etc/" + name] = "/etc/" + name
        for where, _, names in os.walk(modules):
            for name in names:
                if name.startswith("virtio"):
                    copies["modules/" + name] = os.path.join(where, name)
        copies.update(("modules/%s.ko" % n, path) for n, path in drivers)
        for to, path in copies.items():
            with open(path, "rb") as f:
                files[to] = (0o755, f.read())
        entries += [(to, 0o100000 | mode, data) for to, (mode, data) in files.items()]
        entries += [("bin/" + n, 0o120777, b"postlet") for n in ("postfix", "sendmail", "master")]
        path = os.path.join(self.dir, "initramfs")
        with gzip.open(path, "wb", 1) as f:
            f.write(newc(entries))
        return path

    def make_disk(self):
        with open(self.base, "wb") as f:
            f.truncate((FS_MB + MARKS_MB) << 20)
        size = ["%dM" % FS_MB] if self.o.fs.startswith("ext") else []
        subprocess.run(["mkfs." + self.o.fs, *MAKE_FS.get(self.o.fs, ["-q", "-F"]), self.base, *size], check=True)
        mount = tempfile.mkdtemp(dir=self.dir)
        subprocess.run(["mount", "-o", "loop", self.base, mount], check=True)
        for sub in ("queue", "mail", "data"):
            os.mkdir(os.path.join(mount, sub))
        os.chmod(os.path.join(mount, "mail"), 0o1777)
        subprocess.run(["umount", mount], check=True)
        shutil.copy(self.base, self.disk)
        open(self.log, "w").close()

    def run(self):
        kernel, modules = self.kernel()
        initramfs = self.initramfs(modules)
        self.make_disk()
        command = ["qemu-system-x86_64", "-machine", "q35", "-accel", self.o.accel, "-m", "192", "-smp", "2", "-nodefaults",
                   "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", kernel, "-initrd", initramfs, "-append",
                   "console=ttyS0 quiet panic=-1 random.trust_cpu=on no_timer_check",
                   "-blockdev", "driver=file,filename=%s,node-name=d" % self.disk,
                   "-blockdev", "driver=file,filename=%s,node-name=l" % self.log,
                   "-blockdev", "driver=blklogwrites,node-name=b,file=d,log=l,log-super-update-interval=1",
                   "-device", "virtio-blk-pci,drive=b,write-cache=on"]
        p = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=self.o.machine_seconds)
        text = p.stdout.decode("utf-8", "replace")
        if "power: end" not in text or "power: cannot" in text:
            raise Fail("the machine did not come to its end:\n" + text[-3000:] + p.stderr.decode("utf-8", "replace")[-1000:])
        for line in text.splitlines():
            if re.search(r"panic|fatal|no acknowledgement|power: (?!end)|feed: mark", line):
                print("machine: " + line)
        return text


def read_log(path):
    """[(sector, data or None, flags)] in the order of the log."""
    with open(path, "rb") as f:
        data = f.read()
    magic, version, count, size = struct.unpack_from("<QQQI", data, 0)
    if magic != 0x6A736677736872 or version != 1:
        raise Fail("this is no log of writes")
    entries, at = [], size
    for _ in range(count):
        sector, sectors, flags, _ = struct.unpack_from("<QQQQ", data, at)
        at += size
        body = None
        if not flags & DISCARD and sectors:
            body = data[at:at + sectors * size]
            at += len(body)
        entries.append((sector * size, body, flags))
    return entries


def acks_of(entries):
    """[(place in the log, token)]"""
    found = []
    for place, (offset, data, _) in enumerate(entries):
        if data and offset >= FS_MB << 20 and data.startswith(b"ACK "):
            found.append((place, data[4:].split(b"\n")[0].decode()))
    return found


class Replay:
    """The disk as it was at points of the log, in order."""

    def __init__(self, machine, entries, seed):
        self.entries, self.random = entries, random.Random(seed)
        self.path = os.path.join(machine.dir, "replay.img")
        shutil.copy(machine.base, self.path)
        self.done = 0  # entries that are surely on this disk
        self.where, self.cut, self.cuts = machine.dir, None, 0

    @staticmethod
    def write(path, entries):
        with open(path, "r+b") as f:
            for offset, data, _ in entries:
                if data and offset < FS_MB << 20:
                    f.seek(offset)
                    f.write(data)

    def to(self, place, drop):
        """A copy of the disk as after a cut behind entry `place`; drop: writes since the last flush may be missing."""
        last = max([i for i in range(self.done, place) if self.entries[i][2] & FLUSH], default=self.done)
        self.write(self.path, self.entries[self.done:last])
        self.done = last
        # A name of its own: somebody's mount namespace may still hold the loop device of the one before.
        if self.cut:
            os.unlink(self.cut)
        self.cuts += 1
        self.cut = os.path.join(self.where, "cut%d.img" % self.cuts)
        shutil.copy(self.path, self.cut)
        rest = self.entries[last:place]
        if drop:
            rest = [e for e in rest if e[2] & FUA or self.random.random() < 0.5]
            self.random.shuffle(rest)
        self.write(self.cut, rest)
        return self.cut


def check_text(text):
    """(token, None or what is wrong) of a delivered copy."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    m = re.search(r"(?m)^Subject: (m\d+-\d+-(\d+))$", head)
    if not m:
        return None, "no token in a file of %d bytes" % len(text)
    token, lines = m.group(1), int(m.group(2))
    want = "".join("line %d of %d in %s, and some more text for its length\n" % (i, lines, token) for i in range(1, lines + 1))
    return token, None if body.rstrip("\n") == want.rstrip("\n") else "%s: %d bytes of body instead of %d" % (
        token, len(body), len(want))


class Check(Instance):
    """The mail system on the mounted disk, here."""

    def __init__(self, env, directory, machine):
        super().__init__(env, directory)
        self.machine, self.mount = machine, os.path.join(directory, "m")
        os.mkdir(self.mount)
        self.add_sink()
        self.port()

    def configure(self):
        log = os.path.join(self.dir, "maillog")
        with open(os.path.join(self.config, "main.cf"), "w") as f:
            f.write(self.machine.main_cf(self.mount, log, self.the_sink().port))
        with open(os.path.join(self.config, "master.cf"), "w") as f:
            f.write(self._master_cf().replace("qmgr unix n - y 300", "qmgr unix n - y 1"))
        self.configured = True

    def master_pid(self):
        try:
            with open(os.path.join(self.mount, "queue", "pid", "master.pid")) as f:
                pid = int(f.read())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def waiting(self):
        found = []
        for queue in ("maildrop", "incoming", "deferred", "hold"):
            for where, _, names in os.walk(os.path.join(self.mount, "queue", queue)):
                for name in names:
                    try:
                        with open(os.path.join(where, name), "rb") as f:
                            head = f.read(slots.HEAD)
                    except FileNotFoundError:
                        continue
                    if len(head) == slots.HEAD and head.strip(b"\0"):
                        found.append(os.path.join(queue, name))
        return found + ["slots/" + i for i in slots.messages(os.path.join(self.mount, "queue"))]

    def texts(self):
        for name in ("alice", "bob"):
            where = os.path.join(self.mount, "mail", name, "new")
            for entry in os.listdir(where) if os.path.isdir(where) else []:
                with open(os.path.join(where, entry), encoding="utf-8", errors="replace") as f:
                    yield f.read()
        path = os.path.join(self.mount, "mail", "boxed")
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                for part in re.split(r"(?m)^From ", f.read()):
                    if part.strip("\0\n "):
                        yield "From " + part
        with self.the_sink().lock:
            messages = list(self.the_sink().messages)
        for m in messages:
            yield m["data"].decode("utf-8", "replace")

    def one(self, image, acked):
        """What is wrong with this disk."""
        problems, got = [], {}
        sink = self.the_sink()
        with sink.lock:
            del sink.messages[:], sink.lines[:]
        if os.path.exists(os.path.join(self.dir, "maillog")):
            os.truncate(os.path.join(self.dir, "maillog"), 0)
        if subprocess.run(["mount", "-o", "loop", image, self.mount]).returncode:
            return ["it cannot be mounted"]
        try:
            self.start()
            until, quiet = time.monotonic() + 30, 0
            while time.monotonic() < until and quiet < 2:
                quiet = 0 if self.waiting() else quiet + 1
                time.sleep(0.05)
            stays = self.waiting()
            for text in self.texts():
                token, bad = check_text(text)
                if bad:
                    problems.append(bad)
                if token and not bad:
                    got[token] = got.get(token, 0) + 1
            corrupt = self.queue_names("corrupt")
            lost = [t for t in acked if t not in got]
            if stays:
                problems.append("stays in the queue: " + " ".join(stays) + "\n" + self.log()[-2500:])
            if lost:
                files = subprocess.run("ls -lR queue mail", shell=True, cwd=self.mount, capture_output=True, text=True).stdout
                problems.append("lost: %s\n%s\n%s" % (" ".join(lost), self.log()[-6000:], files))
            if corrupt and lost:
                problems.append("in corrupt: " + " ".join(corrupt))
            self.stop()
        finally:
            proc.end_descendants(patience=2)
            for _ in range(100):
                if subprocess.run(["umount", self.mount], stderr=subprocess.DEVNULL).returncode == 0:
                    break
                time.sleep(0.05)
            else:
                problems.append("cannot unmount")
        self.twice = sum(n - 1 for n in got.values())
        self.delivered = len(got)
        self.corrupt = len(corrupt)
        return problems

    def queue_names(self, which):
        return [n for _, _, names in os.walk(os.path.join(self.mount, "queue", which)) for n in names]


def points(entries, acks, every):
    """Places to cut at: each flush, before and behind it, and each acknowledgement."""
    places = {i for i, e in enumerate(entries) if e[2] & FLUSH} | {place + 1 for place, _ in acks} | {len(entries)}
    return sorted(places)[::every]


def main():
    parser = argparse.ArgumentParser(description="power cuts at every flush of a logged disk")
    parser.add_argument("--build", default="build")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--fs", default="ext4")
    parser.add_argument("--children", type=int, default=4)
    parser.add_argument("--messages", type=int, default=20, help="of each child")
    parser.add_argument("--every", type=int, default=1, help="every n-th point")
    parser.add_argument("--drop", type=int, default=1, help="disks per point of which writes after the flush are missing")
    parser.add_argument("--accel", default="tcg")
    parser.add_argument("--machine-seconds", type=int, default=300)
    parser.add_argument("--feed")
    parser.add_argument("--binary", help="for the machine, instead of BUILD/postlet")
    parser.add_argument("--stop", action="store_true", help="end at the first finding")
    o = parser.parse_args()
    o.build = os.path.abspath(o.build)
    o.feed = o.feed or os.path.join(o.build, "faults", "feed")
    env = Env(o.build)
    env.root_dir = os.path.dirname(os.path.dirname(HERE))
    try:
        for word in ("root", "program:qemu-system-x86_64", "program:busybox", "program:mkfs." + o.fs, "SMTPD", "VIRTUAL"):
            env.need(word)
    except Skip as e:
        print("skip  powercut: %s\n0 passed, 0 failed, 1 skipped" % e)
        return 0
    proc.adopt_orphans()
    base = tempfile.mkdtemp(prefix="postlet-powercut-")
    os.chmod(base, 0o755)
    check, bad, tried = None, 0, 0
    try:
        shutil.copy(o.binary or env.binary, os.path.join(base, "postlet"))
        env.binary = os.path.join(base, "postlet")
        began = time.monotonic()
        machine = Machine(o, env, base)
        machine.run()
        entries = read_log(machine.log)
        acks = acks_of(entries)
        places = points(entries, acks, o.every)
        print("%d writes and flushes logged (%d flushes), %d messages acknowledged, %d points, machine %d s" % (
            len(entries), sum(1 for e in entries if e[2] & FLUSH), len(acks), len(places), time.monotonic() - began), flush=True)
        replay = Replay(machine, entries, o.seed)
        shutil.copy(os.path.join(o.build, "postlet"), env.binary)
        check = Check(env, os.path.join(base, "check"), machine)
        twice, slow, corrupt = 0, 0.0, 0
        for place in places:
            acked = [token for at, token in acks if at < place]
            for drop in range(o.drop + 1):
                start = time.monotonic()
                problems = check.one(replay.to(place, drop > 0), acked)
                tried += 1
                twice, slow, corrupt = max(twice, check.twice), max(slow, time.monotonic() - start), max(corrupt, check.corrupt)
                if problems:
                    bad += 1
                    print("FAIL  cut at %d of %d%s: %s" % (place, len(entries), " with writes missing" if drop else "",
                                                           "; ".join(problems)), flush=True)
            if bad and o.stop:
                break
        print("%d disks, at most %d copies twice, at most %d files in corrupt, slowest %.1f s, %d seconds in all, seed %s" % (
            tried, twice, corrupt, slow, time.monotonic() - began, o.seed))
    except Skip as e:
        print("skip  powercut: %s\n0 passed, 0 failed, 1 skipped" % e)
        return 0
    finally:
        if check:
            check.close()
        proc.end_descendants(patience=0.5)
        shutil.rmtree(base, ignore_errors=True)
    print("%d passed, %d failed, 0 skipped" % (tried - bad, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
