# test_servers.py - tables that are asked of a server: tcp and socketmap, as an installed Postfix asks
# SPDX-License-Identifier: ISC
import os
import re
import socket
import threading

from lib.sides import Sides


class Server(threading.Thread):
    """Answers each question with what the function makes of its text; None: hangs up. questions: what was asked."""

    def __init__(self, answer, read, address=("127.0.0.1", 0)):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.bind(address)
        self.socket.listen(8)
        self.path = address if isinstance(address, str) else None
        self.answer, self.read, self.questions, self.connections = answer, read, [], 0
        self.start()

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def run(self):
        while True:
            c, _ = self.socket.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        with c, c.makefile("rwb") as f:
            while True:
                try:
                    question = self.read(f)
                except ConnectionError:
                    return
                if question is None:
                    return
                self.questions.append(question)
                reply = self.answer(question)
                if reply is None:
                    return
                for part in reply if isinstance(reply, list) else [reply]:
                    f.write(part)
                    f.flush()


def same(s, key, spec):
    """Both say the same; Postfix adds an errno that means nothing, and keeps the reason of a 400 to itself."""
    def told(tool):
        status, out, err = tool("-q", key, spec)
        return status, out, re.sub(r"(query error): .*", r"\1", re.sub(r".* temporary error: ask me later\n", "", err))
    s.t.equal(told(s.ours), told(s.theirs))


def read_line(f):
    return f.readline() or None


def read_netstring(f):
    n = b""
    while (c := f.read(1)) not in (b":", b""):
        n += c
    return f.read(int(n) + 1)[:-1] if n else None


def netstring(text):
    return b"%d:%s," % (len(text), text)


LINES = {
    b"get found": b"200 an answer\n", b"get coded": b"200 two%20words%0Aand%2a\n", b"get none": b"500 no such thing\n",
    b"get later": b"400 ask me later\n", b"get odd": b"299 what\n", b"get short": b"200\n", b"get empty": b"200 \n",
    b"get bad": b"200 100%zz\n", b"get cut": b"200 100%2\n", b"get text": b"hello\n",
    b"get pieces": [b"2", b"00 in ", b"pieces\n"], b"get long": b"200 " + 4090 * b"x" + b"\n",
}


def test_tcp_tables_are_asked_as_postfix_asks(t):
    t.need("MAP_TCP")
    s = Sides(t, "tcp")
    server = Server(lambda q: LINES.get(q.rstrip(b"\n"), b"500 x\n"), read_line)
    spec = "tcp:127.0.0.1:%d" % server.port
    for key in "found", "coded", "none", "later", "odd", "short", "empty", "bad", "cut", "text", "pieces", "long":
        same(s, key, spec)
    for key in "a b%c\t\u00e9", "USER@Example.ORG", "x" * 500:
        asked = len(server.questions)
        s.same("-q", key, spec)
        t.equal(len(server.questions), asked + 2)
        t.equal(server.questions[asked].lower(), server.questions[asked + 1].lower())
    before = server.connections
    s.same("-q", "-", spec, stdin="found\nnone\nfound\n")
    t.equal(server.connections, before + 2)  # one connection for all questions of a process
    # postmap asks for what it is given; where addresses are looked up in parts, such a table sees the whole only.
    if s.ours("-s", spec)[0] == 0:
        t.fail("a table that cannot be listed was")


def test_a_tcp_server_that_hangs_up_is_tried_ten_times(t):
    t.need("MAP_TCP")
    s = Sides(t, alone=True)
    asked = []
    server = Server(lambda q: asked.append(q) or (None if len(asked) < 3 else b"200 at last\n"), read_line)
    status, out, err = s.ours("-q", "k", "tcp:127.0.0.1:%d" % server.port)
    t.equal((status, out), (0, "at last\n"))
    t.equal(err.count("warning: read TCP map reply from 127.0.0.1:%d: " % server.port), 2)


REPLIES = {
    b"t found": b"OK an answer", b"t none": b"NOTFOUND ", b"t temp": b"TEMP come back", b"t time": b"TIMEOUT too slow",
    b"t perm": b"PERM never", b"t odd": b"WHAT is this", b"t nothing": b"OK ", b"t none2": b"NOTFOUND",
    b"t long": b"OK " + 99997 * b"x", b"t blank": b"", b"t lines": b"OK a\nb",
}


def answer_netstring(question):
    if question == b"t pieces":
        return [b"1", b"2:OK in ", b"pieces", b","]
    if question == b"t zero":
        return b"008:OK zeros,"
    if question == b"t garbage":
        return b"garbage, and no netstring"
    if question == b"t comma":
        return b"4:OK x;"
    if question == b"t toolong":
        return netstring(b"OK " + 99998 * b"x")
    if question == b"t hangup":
        return None
    return netstring(REPLIES.get(question, b"NOTFOUND "))


def test_socketmaps_are_asked_as_postfix_asks(t):
    t.need("MAP_SOCKETMAP")
    s = Sides(t, "socketmap")
    path = os.path.join(s.dir, "socket")
    for server, where in (Server(answer_netstring, read_netstring), "inet:127.0.0.1:%d"), \
                         (Server(answer_netstring, read_netstring, path), "unix:" + path):
        spec = "socketmap:%s:t" % (where % server.port if "%" in where else where)
        bad = [b"t pieces", b"t zero", b"t garbage", b"t comma", b"t toolong", b"t hangup"]
        for question in sorted(REPLIES) + bad if server.path is None else [b"t found", b"t none"]:
            same(s, question[2:].decode(), spec)
        for key in "a b%c\t\u00e9", "USER@Example.ORG", "x" * 5000:
            s.same("-q", key, spec)
            t.equal(server.questions[-2:], [b"t " + key.encode()] * 2)
        before = server.connections
        s.same("-q", "-", spec, stdin="found\nnone\nfound\n")
        t.equal(server.connections, before + 2)
    same(s, "k", "socketmap:inet:127.0.0.1:1:t")  # a bare OK is not asked for: what it means changed between 3.7 and 3.10
    same(s, "k", "socketmap:unix:/nowhere:t")
    for spec in "socketmap:x", "socketmap:inet:127.0.0.1:1", "socketmap:unix:t", "socketmap:tcp:127.0.0.1:1:t":
        us, them = s.ours("-q", "k", spec), s.theirs("-q", "k", spec)
        t.equal((us[0] != 0, us[1]), (them[0] != 0, them[1]))


def test_a_kept_connection_that_has_gone_is_made_anew(t):
    """A server that ends the connection after each answer, as one does that is restarted."""
    t.need("MAP_SOCKETMAP")
    s = Sides(t, "socketmap")

    class Forgetful(Server):
        def serve(self, c):
            with c, c.makefile("rwb") as f:
                question = self.read(f)
                if question:
                    self.questions.append(question)
                    f.write(self.answer(question))
                    f.flush()

    server = Forgetful(answer_netstring, read_netstring)
    s.same("-q", "-", "socketmap:inet:127.0.0.1:%d:t" % server.port, stdin="found\nnone\nfound\n")
    t.equal(len(server.questions), 6)


def test_jailed_services_ask_them_and_rights_do_not_depend_on_them(t):
    t.need("MAP_SOCKETMAP", "SMTPD", "VIRTUAL")
    answers = {b"canon carol@example.test": b"OK alice@example.test", b"uid alice@example.test": b"OK 0"}
    server = Server(lambda q: netstring(answers.get(q, b"NOTFOUND ")), read_netstring)
    i = t.instance("recipient_canonical_maps = socketmap:inet:127.0.0.1:%d:canon\n" % server.port)
    i.send("bob@example.test", ["carol@example.test"])
    i.wait_log(r"to=<alice@example\.test>, orig_to=<carol@example\.test>.*status=sent")
    if b"canon carol@example.test" not in server.questions:
        t.fail("the whole address was not asked for")
    if [q for q in server.questions if b"@" not in q]:
        t.fail("a part was asked for: %r" % server.questions)
    i = t.instance("virtual_uid_maps = socketmap:inet:127.0.0.1:%d:uid\n" % server.port)
    i.send("bob@example.test", ["alice@example.test"])
    i.wait_log(r"virtual\[\d+\]: error: socketmap:\S+:uid map is not allowed for security-sensitive data")
    i.wait_log(r"to=<alice@example\.test>.*status=deferred \(mail system configuration error\)")
    if b"uid alice@example.test" in server.questions:
        t.fail("it was asked all the same")
