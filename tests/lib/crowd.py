# crowd.py - many clients at once that keep a server busy: silent, slow, stopping in the middle, leaving in the middle
# SPDX-License-Identifier: ISC
import random
import selectors
import socket
import threading
import time

TO_DATA = ["EHLO crowd.test", "MAIL FROM:<crowd@client.test>", "RCPT TO:<bob@example.test>", "DATA"]
KINDS = ("silent", "slow commands", "stops after EHLO", "stops in DATA", "slow content", "leaves in DATA")


class One:
    """One client; what it has left to say, and how fast."""

    def __init__(self, kind, source):
        self.kind, self.source, self.s = kind, source, None
        self.todo, self.input, self.next = [], b"", 0.0

    def connect(self, port):
        self.s = socket.socket()
        self.s.setblocking(False)
        self.s.bind((self.source, 0))
        self.s.connect_ex(("127.0.0.1", port))
        self.todo = {"silent": [], "slow commands": [], "stops after EHLO": TO_DATA[:1]}.get(self.kind, TO_DATA)[:]
        self.input, self.next = b"", time.monotonic() + 0.3

    def say(self, data):
        try:
            self.s.send(data)
        except BlockingIOError:
            pass

    def heard(self):
        """Takes replies; False when the server has closed."""
        data = self.s.recv(65536)
        if not data:
            return False
        lines = (self.input + data).split(b"\n")
        self.input = lines.pop()
        for line in lines:
            if line[3:4] == b"-" or not line[:1].isdigit():
                continue
            if line[:3] == b"354":
                self.say(b"Subject: never finished\r\n\r\nhalf a li")
                if self.kind == "leaves in DATA":
                    return False
            elif self.todo and self.kind != "silent":
                self.say(self.todo.pop(0).encode() + b"\r\n")
        return True

    def drip(self, now):
        if now < self.next:
            return
        self.next = now + 0.4
        if self.kind == "slow commands" or (self.kind == "slow content" and not self.todo):
            self.say(b"E")


class Crowd:
    """Keeps n clients connected, from addresses of their own, until it is closed."""

    def __init__(self, port, n, seed=1, comes_back=True):
        self.port, self.comes_back, self.over = port, comes_back, False
        self.random = random.Random(seed)
        self.replies, self.connects = 0, 0
        self.ones = [One(KINDS[i % len(KINDS)], "127.%d.%d.%d" % (1 + i // 250, i % 250, 1 + i % 7)) for i in range(n)]
        self.selector = selectors.DefaultSelector()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _open(self, one):
        self.connects += 1
        try:
            one.connect(self.port)
            self.selector.register(one.s, selectors.EVENT_READ, one)
        except OSError:
            self._shut(one)

    def _shut(self, one):
        if one.s:
            try:
                self.selector.unregister(one.s)
            except (KeyError, ValueError):
                pass
            one.s.close()
        one.s = None

    def _run(self):
        while not self.over:
            now = time.monotonic()
            for one in self.ones:
                if not one.s and (self.comes_back or not one.next):
                    self._open(one)
                if one.s and one.kind.startswith("slow"):
                    try:
                        one.drip(now)
                    except OSError:
                        self._shut(one)
            for key, _ in self.selector.select(0.1):
                one = key.data
                try:
                    stays = one.heard()
                    self.replies += 1
                except BlockingIOError:
                    stays = True
                except OSError:
                    stays = False
                if not stays:
                    self._shut(one)
        for one in self.ones:
            self._shut(one)
        self.selector.close()

    def close(self):
        self.over = True
        self.thread.join(10)
