# authserver.py - an authentication server of Dovecot's kind for tests: PLAIN and LOGIN, and a memory of what it was asked
# SPDX-License-Identifier: ISC
#
# Users, one per line: "NAME PASSWORD"; no users at all: everybody is let in as alice. A password may be told to fail:
#   NAME PASSWORD temp             there is no telling now
#   NAME PASSWORD reason=TEXT      refused, and why
import base64
import binascii
import socket
import threading

GREETING = "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0\nDONE\n"


class AuthServer:
    def __init__(self, users=""):
        self.users = {}
        for line in users.splitlines():
            name, password, *how = line.split(None, 2)
            self.users[name] = (password, how)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.asked = self.listener.getsockname()[1], []
        self.address = "inet:127.0.0.1:%d" % self.port
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self):
        self.listener.close()

    def question(self):
        return [w for w in self.asked if w[0] == "AUTH"][-1]

    def _run(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(s,), daemon=True).start()

    def _serve(self, s):
        talks = {}
        try:
            s.sendall(GREETING.encode())
            for line in s.makefile("rb"):
                words = line.decode().rstrip("\n").split("\t")
                self.asked.append(words)
                if words[0] in ("AUTH", "CONT"):
                    s.sendall((self._answer(talks, words) + "\n").encode())
        except OSError:
            pass  # the client is gone

    def _answer(self, talks, words):
        number = words[1]
        if words[0] == "AUTH":
            talks[number] = (words[2], [])
            if not words[-1].startswith("resp="):
                return "CONT\t%s\t%s" % (number, base64.b64encode(b"Username:").decode() if words[2] == "LOGIN" else "")
        mechanism, said = talks[number]
        said.append(words[-1].removeprefix("resp="))
        if mechanism == "LOGIN" and len(said) == 1:
            return "CONT\t%s\t%s" % (number, base64.b64encode(b"Password:").decode())
        return self._verdict(number, mechanism, said)

    def _verdict(self, number, mechanism, said):
        if not self.users:
            return "OK\t%s\tuser=alice" % number
        try:
            said = [base64.b64decode(x, validate=True).decode() for x in said]
        except (binascii.Error, UnicodeDecodeError):
            return "FAIL\t%s\treason=Invalid base64 data" % number
        name, password = said if mechanism == "LOGIN" else (said[0].split("\0") + ["", ""])[1:3]
        known, how = self.users.get(name, ("", []))
        if how:
            return "\t".join(["FAIL", number, "user=" + name] + how)
        return "%s\t%s\tuser=%s" % ("OK" if known and known == password else "FAIL", number, name)
