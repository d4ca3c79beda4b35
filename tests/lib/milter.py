# milter.py - a mail filter for tests: speaks the Milter protocol, records what it is told, answers as its rules say
# SPDX-License-Identifier: ISC
#
# Rules, one per line:
#   EVENT [/regex/]: ACTION [; ACTION]...   EVENT: negotiate connect helo mail rcpt data header eoh body eom unknown; with
#                                           the regex only when the event's record matches. Given several times: first
#                                           time, second time, ..., the last stays. Without a rule: continue
#   version N                      what the filter answers to the negotiation (default: the version it is offered)
#   actions HEX | protocol WORD... actions wanted (default: all offered); protocol flags by name (NOCONNECT NR_HDR SKIP ...)
#   symlist STAGE NAME...          macros wanted at connect helo mail rcpt data eom eoh
#   unix NAME                      listen on a UNIX-domain socket in the instance's directory
#   down                           the port is closed again: nobody listens
# Actions: continue accept reject tempfail discard skip shutdown connfail, reply CODE DSN TEXT ("\n" for more lines),
#   progress, sleep SECONDS, quarantine REASON, addheader NAME: VALUE, insheader I NAME: VALUE, chgheader I NAME: VALUE,
#   delheader I NAME, addrcpt ADDR, addrcptpar ADDR PARAMETERS, delrcpt ADDR, chgfrom ADDR [PARAMETERS], body TEXT,
#   bodybig N (N lines of 64 bytes), raw HEX (a whole packet body), bytes HEX (as they are), hangup, nothing
import os
import re
import socket
import struct
import threading
import time

PROTOCOL = {
    "NOCONNECT": 1, "NOHELO": 2, "NOMAIL": 4, "NORCPT": 8, "NOBODY": 0x10, "NOHDRS": 0x20, "NOEOH": 0x40, "NR_HDR": 0x80,
    "NOUNKNOWN": 0x100, "NODATA": 0x200, "SKIP": 0x400, "RCPT_REJ": 0x800, "NR_CONN": 0x1000, "NR_HELO": 0x2000,
    "NR_MAIL": 0x4000, "NR_RCPT": 0x8000, "NR_DATA": 0x10000, "NR_UNKN": 0x20000, "NR_EOH": 0x40000, "NR_BODY": 0x80000,
    "HDR_LEADSPC": 0x100000,
}
EVENTS = {b"C": "connect", b"H": "helo", b"M": "mail", b"R": "rcpt", b"T": "data", b"L": "header", b"N": "eoh", b"B": "body",
          b"E": "eom", b"U": "unknown"}
NO_REPLY = {"connect": "NR_CONN", "helo": "NR_HELO", "mail": "NR_MAIL", "rcpt": "NR_RCPT", "data": "NR_DATA",
            "header": "NR_HDR", "eoh": "NR_EOH", "body": "NR_BODY", "unknown": "NR_UNKN"}
STAGES = ["connect", "helo", "mail", "rcpt", "data", "eom", "eoh"]
SIMPLE = {"continue": b"c", "accept": b"a", "reject": b"r", "tempfail": b"t", "discard": b"d", "skip": b"s", "shutdown": b"4",
          "connfail": b"f", "progress": b"p"}


class Hangup(Exception):
    pass


def text_of(data):
    return data.decode("utf-8", "surrogateescape").replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n").replace(
        "\t", "\\t")


class Milter:
    def __init__(self, rules="", directory=None):
        self.rules, self.version, self.actions, self.flags, self.symlist = [], None, None, 0, b""
        self.lock, self.lines, self.bodies = threading.Lock(), [], []
        self.sessions, self.here = [], threading.local()  # the same, by connection
        path, down = None, False
        for line in rules.splitlines():
            line = line.strip()
            if line == "down":
                down = True
            elif line and not line.startswith("#"):
                path = self._rule(line, directory) or path
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            os.chmod(path, 0o777)
            self.address = "unix:" + path
        else:
            self.listener = socket.socket()
            self.listener.bind(("127.0.0.1", 0))
            self.address = "inet:127.0.0.1:%d" % self.listener.getsockname()[1]
        self.stopping = down
        if down:
            self.listener.close()
            return
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _rule(self, line, directory):
        m = re.match(r"([a-z]+)(?:\s+/(.*?)/)?:\s*(.*)$", line)
        if m:
            self.rules.append([m.group(1), m.group(2), m.group(3), 0])
            return None
        word, _, rest = line.partition(" ")
        if word == "version":
            self.version = int(rest)
        elif word == "actions":
            self.actions = int(rest, 16)
        elif word == "protocol":
            self.flags = sum(PROTOCOL[w] for w in rest.split())
        elif word == "symlist":
            stage, _, names = rest.partition(" ")
            self.symlist += struct.pack("!I", STAGES.index(stage)) + names.encode() + b"\0"
        elif word == "unix":
            return os.path.join(directory, rest)
        else:
            raise ValueError("milter: unknown rule: " + line)
        return None

    def rule(self, line):
        """A rule that wins over the earlier ones, while running."""
        with self.lock:
            before, self.rules = self.rules, []
            self._rule(line, None)
            self.rules += before

    def text(self):
        with self.lock:
            return "\n".join(self.lines)

    def stop(self):
        self.stopping = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    # one connection

    def _accept(self):
        while not self.stopping:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            conn.settimeout(60)
            threading.Thread(target=self._session, args=(conn,), daemon=True).start()

    def _note(self, text):
        with self.lock:
            self.lines.append(text)
            self.here.lines.append(text)

    def _new_session(self):
        self.here.lines = []
        with self.lock:
            self.sessions.append(self.here.lines)

    def _session(self, conn):
        self._new_session()
        f = conn.makefile("rwb")
        self._note("open")
        flags = 0
        try:
            while True:
                head = f.read(4)
                if len(head) < 4:
                    break
                data = f.read(struct.unpack("!I", head)[0])
                code, data = data[:1], data[1:]
                if code == b"O":
                    flags = self._negotiate(f, data)
                elif code in EVENTS:
                    self._event(f, EVENTS[code], data, flags)
                elif code == b"D":
                    self._macros(data)
                elif code == b"A":
                    self._note("abort")
                elif code == b"Q":
                    self._note("quit")
                    break
                else:
                    self._note("packet %r" % code)
        except (Hangup, OSError, ValueError) as e:
            self._note("gone %s" % e if str(e) else "gone")
        self._note("close")
        f.close()
        conn.close()

    def _packet(self, f, data):
        f.write(struct.pack("!I", len(data)) + data)
        f.flush()

    def _negotiate(self, f, data):
        version, actions, protocol = struct.unpack("!III", data[:12])
        self._note("negotiate version=%d actions=%x protocol=%x" % (version, actions, protocol))
        for action in self._actions_for("negotiate", ""):
            self._act(f, action)
        reply = struct.pack("!III", self.version or version, actions if self.actions is None else self.actions, self.flags)
        self._packet(f, b"O" + reply + self.symlist)
        return self.flags

    def _macros(self, data):
        words = [text_of(w) for w in data[1:].split(b"\0")[:-1]]
        pairs = ["%s=%s" % p for p in zip(words[0::2], words[1::2])]
        self._note("macros %s %s" % (EVENTS.get(data[:1], repr(data[:1])), " ".join(pairs)))

    def _describe(self, event, data):
        if event == "connect":
            name, _, rest = data.partition(b"\0")
            port = struct.unpack("!H", rest[1:3])[0] if len(rest) > 3 else 0
            return "%s %s %s" % (text_of(name), rest[:1].decode(), text_of(rest[3:].rstrip(b"\0")) + (" port" if port else ""))
        if event == "header":
            name, _, value = data.partition(b"\0")
            return "%s|%s" % (text_of(name), text_of(value[:-1]))
        if event == "body":
            with self.lock:
                self.bodies.append(data)
            return "%d %s" % (len(data), text_of(data[:2000]))
        return " ".join(text_of(w) for w in data.split(b"\0")[:-1])

    def _actions_for(self, event, text):
        with self.lock:
            rows = [r for r in self.rules if r[0] == event and (not r[1] or re.search(r[1], text))]
            for i, row in enumerate(rows):
                if row[3] == 0 or i == len(rows) - 1:
                    row[3] += 1
                    return row[2].split(" ; ")
        return []

    def _event(self, f, event, data, flags):
        text = self._describe(event, data)
        self._note((event + " " + text).rstrip(" "))
        if event in NO_REPLY and flags & PROTOCOL[NO_REPLY[event]]:
            return
        for action in self._actions_for(event, text) or ["continue"]:
            self._act(f, action)

    def _act(self, f, action):
        word, _, rest = action.strip().partition(" ")
        if word in SIMPLE:
            self._packet(f, SIMPLE[word])
        elif word == "reply":
            self._packet(f, b"y" + rest.replace("\\n", "\r\n").encode() + b"\0")
        elif word == "quarantine":
            self._packet(f, b"q" + rest.encode() + b"\0")
        elif word == "sleep":
            time.sleep(float(rest))
        elif word in ("addheader", "insheader", "chgheader", "delheader"):
            self._packet(f, self._header(word, rest))
        elif word in ("addrcpt", "delrcpt"):
            self._packet(f, (b"+" if word == "addrcpt" else b"-") + rest.encode() + b"\0")
        elif word in ("addrcptpar", "chgfrom"):
            addr, _, par = rest.partition(" ")
            self._packet(f, (b"2" if word == "addrcptpar" else b"e") + addr.encode() + b"\0" + (par.encode() + b"\0" if par else b""))
        elif word == "body":
            self._packet(f, b"b" + rest.replace("\\n", "\r\n").encode())
        elif word == "bodybig":
            for _ in range(int(rest) // 1000):
                self._packet(f, b"b" + (b"x" * 62 + b"\r\n") * 1000)
        elif word == "raw":
            self._packet(f, bytes.fromhex(rest))
        elif word == "bytes":
            f.write(bytes.fromhex(rest))
            f.flush()
        elif word == "hangup":
            raise Hangup
        elif word != "nothing":
            raise ValueError("milter: unknown action: " + action)

    @staticmethod
    def _header(word, rest):
        index = b""
        if word != "addheader":
            number, _, rest = rest.partition(" ")
            index = struct.pack("!I", int(number))
        name, _, value = rest.partition(":")
        value = value[1:] if value.startswith(" ") else value
        code = {"addheader": b"h", "insheader": b"i", "chgheader": b"m", "delheader": b"m"}[word]
        return code + index + name.encode() + b"\0" + value.replace("\\n", "\n").replace("\\t", "\t").encode() + b"\0"
