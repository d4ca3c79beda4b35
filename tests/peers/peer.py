# peer.py - a program of the distribution beside an instance: started in the foreground, ended with the test
# SPDX-License-Identifier: ISC
import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from lib import proc  # noqa: E402
from lib.dnsserver import DnsServer  # noqa: E402


def listens(port, host="127.0.0.1"):
    with socket.socket() as s:
        s.settimeout(1)
        try:
            s.connect((host, port))
            return True
        except OSError:
            return False


def answers(path):
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect(path)
            return True
        except OSError:
            return False


class Peer:
    """Its output goes to NAME.out in the instance's directory; "where" is a port, a socket or None."""

    def __init__(self, t, i, name, command, where, patience=20):
        self.name, self.out = name, os.path.join(i.dir, name + ".out")
        env = dict(i.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin", HOME=i.dir)
        with open(self.out, "ab") as out:
            self.process = subprocess.Popen(command, cwd=i.dir, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT)
        until = time.monotonic() + patience
        while where and not (answers(where) if isinstance(where, str) else listens(where)):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                t.fail("%s does not start:\n%s" % (name, self.text()))
            time.sleep(0.05)

    def text(self):
        with open(self.out, encoding="utf-8", errors="replace") as f:
            return f.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def public_dns(t, i, zone):
    """A DNS server for programs that only read /etc/resolv.conf: they see one of the instance's. Root only."""
    t.need("root")
    address = "127.54.%d.%d" % (os.getpid() >> 8 & 255, os.getpid() & 255)
    server = DnsServer(text=zone, addr=address, port=53).start()
    proc.private_file("/etc/resolv.conf", i.file("peer.resolv.conf", "nameserver %s\n" % address))
    return server
