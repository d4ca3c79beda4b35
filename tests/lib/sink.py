# sink.py - a next hop for tests: an SMTP or LMTP server that records what it gets and answers as told
# SPDX-License-Identifier: ISC
#
# Rules, one per line:
#   CMD: REPLY            answer to CMD (CONNECT EHLO HELO LHLO MAIL RCPT DATA EOM RSET NOOP QUIT AUTH STARTTLS BDAT);
#                         "\n" in the reply separates lines; given several times: first time, second time, ..., last stays
#   CMD /regex/: REPLY    only when the command line matches
#   ehlo KEYWORD...       EHLO keywords instead of the default PIPELINING SIZE 8BITMIME ENHANCEDSTATUSCODES DSN
#   starttls CERT         offer STARTTLS with certificate CERT (server, ecdsa, other, expired)
#   tls CERT              TLS from the first byte
#   clientca              ask for a client certificate; recorded as "tls-client SUBJECT"
#   auth MECHS USER:PASS  offer and check AUTH (PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-256 in MECHS, comma separated)
#   drop CMD              close the connection instead of answering CMD
#   delay CMD SECONDS     answer late
#   lmtp                  speak LMTP: one reply per recipient after the content
#   unix NAME             listen on a UNIX-domain socket in the instance's directory
import base64
import hashlib
import hmac
import os
import re
import secrets
import socket
import ssl
import threading
import time

DEFAULT = {
    "CONNECT": "220 sink.test ESMTP", "HELO": "250 sink.test", "MAIL": "250 2.1.0 Ok", "RCPT": "250 2.1.5 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>", "EOM": "250 2.0.0 Ok: queued as SINK", "RSET": "250 2.0.0 Ok",
    "NOOP": "250 2.0.0 Ok", "QUIT": "221 2.0.0 Bye", "VRFY": "252 2.0.0 ok", "STARTTLS": "220 2.0.0 Ready to start TLS",
    "BDAT": "250 2.0.0 Ok", "XFORWARD": "250 2.0.0 Ok",
}


class Drop(Exception):
    pass


class Sink:
    def __init__(self, rules="", certs=None, directory=None, port=0):
        self.replies, self.drops, self.delays = [], set(), {}
        self.keywords = "PIPELINING SIZE 8BITMIME ENHANCEDSTATUSCODES DSN".split()
        self.contexts = {}
        self.certs, self.starttls, self.wrapper, self.clientca = certs, None, None, False
        self.mechs, self.user, self.password, self.lmtp, path = [], "", "", False, None
        for line in rules.splitlines() if isinstance(rules, str) else rules:
            line = line.strip()
            if line and not line.startswith("#"):
                path = self._rule(line, directory) or path
        self.lock = threading.Lock()
        self.lines = []        # what clients sent, and events in lower case ("connect", "tls", ...)
        self.sessions, self.here = [], threading.local()  # the same, by connection
        self.messages = []     # dicts: from, to, data (bytes)
        self.open_sockets = set()
        self.connections = 0
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            os.chmod(path, 0o777)
            self.port, self.address = 0, "unix:" + path
        else:
            self.listener = socket.socket()
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(("127.0.0.1", port))
            self.port = self.listener.getsockname()[1]
            self.address = "[127.0.0.1]:%d" % self.port
        self.listener.listen(64)
        self.stopping = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _rule(self, line, directory):
        m = re.match(r"([A-Z]+)(?:\s+/(.*?)/)?:\s*(.*)$", line)
        if m:
            self.replies.append([m.group(1), m.group(2), m.group(3).replace("\\n", "\n"), 0])
            return None
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word == "ehlo":
            self.keywords = rest.split()
        elif word == "starttls":
            self.starttls = rest or "server"
        elif word == "tls":
            self.wrapper = rest or "server"
        elif word == "clientca":
            self.clientca = True
        elif word == "auth":
            mechs, _, login = rest.partition(" ")
            self.mechs = mechs.upper().split(",")
            self.user, _, self.password = login.partition(":")
        elif word == "drop":
            self.drops.add(rest)
        elif word == "delay":
            cmd, seconds = rest.split()
            self.delays[cmd] = float(seconds)
        elif word == "lmtp":
            self.lmtp = True
        elif word == "unix":
            return os.path.join(directory, rest)
        else:
            raise ValueError("sink: unknown rule: " + line)
        return None

    def rule(self, line):
        """Changes the behaviour while running; a reply given now wins over the earlier ones."""
        with self.lock:
            before, self.replies = self.replies, []
            self._rule(line, None)
            self.replies += before

    def text(self):
        with self.lock:
            return "\n".join(self.lines)

    def count(self):
        with self.lock:
            return len(self.messages)

    def stop(self):
        self.stopping = True
        for s in [self.listener] + list(self.open_sockets):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    # one connection

    def _accept(self):
        while not self.stopping:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            conn.settimeout(60)
            self.connections += 1
            self.open_sockets.add(conn)
            threading.Thread(target=self._session, args=(conn,), daemon=True).start()

    def _note(self, text):
        with self.lock:
            self.lines.append(text)
            self.here.lines.append(text)

    def _new_session(self):
        self.here.lines = []
        with self.lock:
            self.sessions.append(self.here.lines)

    def _reply_for(self, cmd, line):
        with self.lock:
            rows = [r for r in self.replies if r[0] == cmd and (not r[1] or re.search(r[1], line, re.I))]
            for i, row in enumerate(rows):
                if row[3] == 0 or i == len(rows) - 1:
                    row[3] += 1
                    return row[2]
        return None

    def _answer(self, state, cmd, line="", default=None):
        return self._say(state, self._choose(cmd, line, default))

    def _choose(self, cmd, line="", default=None):
        if cmd in self.delays:
            time.sleep(self.delays[cmd])
        if cmd in self.drops:
            raise Drop
        return self._reply_for(cmd, line) or default or DEFAULT.get(cmd, "502 5.5.2 Error: command not recognized")

    @staticmethod
    def _say(state, reply):
        state["f"].write(reply.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n")
        state["f"].flush()
        return reply

    def _context(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.certs, name + ".pem"), os.path.join(self.certs, name + ".key"))
        context.sni_callback = lambda s, sni, c: self._note("tls-sni %s" % sni)
        if self.clientca:
            context.load_verify_locations(os.path.join(self.certs, "ca.pem"))
            context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def _tls(self, state, name):
        with self.lock:
            if name not in self.contexts:
                self.contexts[name] = self._context(name)  # one for all connections: sessions can be resumed
        conn = self.contexts[name].wrap_socket(state["s"], server_side=True)
        self.open_sockets.add(conn)
        self._note("tls %s" % conn.version())
        if self.clientca:
            peer = conn.getpeercert()
            self._note("tls-client %s" % (dict(x[0] for x in peer["subject"]).get("commonName") if peer else "none"))
        state.update(s=conn, f=conn.makefile("rwb"), tls=True)

    def _session(self, conn):
        self._new_session()
        state = {"s": conn, "f": conn.makefile("rwb"), "tls": False, "from": None, "to": [], "data": b""}
        self._note("connect")
        try:
            if self.wrapper:
                self._tls(state, self.wrapper)
            self._answer(state, "CONNECT")
            while True:
                line = state["f"].readline(70000)
                if not line:
                    break
                line = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
                self._note(line)
                if not self._command(state, line):
                    break
        except Drop:
            self._note("dropped")
        except (OSError, ValueError) as e:
            self._note("error %s" % e)
        self._note("disconnect")
        for s in (conn, state["s"]):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
            self.open_sockets.discard(s)

    def _command(self, state, line):
        cmd = line.split(" ")[0].split(":")[0].upper()
        if cmd in ("EHLO", "LHLO"):
            self._answer(state, cmd, line, self._greeting(state))
        elif cmd == "STARTTLS" and self.starttls and not state["tls"]:
            if self._answer(state, cmd, line).startswith("2"):
                self._tls(state, self.starttls)
        elif cmd == "AUTH" and self.mechs:
            reply = self._reply_for(cmd, line) or self._auth(state, line)
            self._answer(state, "AUTH", line, reply)
        elif cmd == "MAIL":
            if self._answer(state, cmd, line).startswith("2"):
                state.update({"from": line[10:], "to": [], "data": b""})
        elif cmd == "RCPT":
            if self._answer(state, cmd, line).startswith("2"):
                state["to"].append(line[8:])
        elif cmd == "DATA":
            if not state["to"] and not self._reply_for(cmd, line):
                self._answer(state, cmd, line, "554 5.5.1 Error: no valid recipients")
            elif self._answer(state, cmd, line).startswith("3"):
                self._content(state)
        elif cmd == "BDAT":
            self._chunk(state, line)
        else:
            self._answer(state, cmd, line)
        return cmd != "QUIT"

    def _greeting(self, state):
        words = list(self.keywords)
        if self.starttls and not state["tls"]:
            words.append("STARTTLS")
        if self.mechs:
            words.append("AUTH " + " ".join(self.mechs))
        lines = ["sink.test"] + words
        return "\n".join("250%s%s" % (" " if i == len(lines) - 1 else "-", w) for i, w in enumerate(lines))

    def _content(self, state):
        data = []
        while True:
            line = state["f"].readline()
            if not line:
                raise Drop
            if line in (b".\r\n", b".\n"):
                break
            if line.startswith(b"."):
                line = line[1:]
            data.append(line)
            self._note(line.decode("utf-8", "surrogateescape").rstrip("\r\n"))
        state["data"] = b"".join(data)
        self._accepted(state)

    def _chunk(self, state, line):
        words = line.split()
        data = state["f"].read(int(words[1]))
        for part in data.decode("utf-8", "surrogateescape").splitlines():
            self._note(part)
        state["data"] += data
        if len(words) > 2:
            self._accepted(state)
        else:
            self._answer(state, "BDAT", line)

    def _accepted(self, state):
        replies = [self._choose("EOM", r) for r in (state["to"] if self.lmtp else ["."])]
        if any(r.startswith("2") for r in replies):  # who is told must find it
            with self.lock:
                self.messages.append({"from": state["from"], "to": list(state["to"]), "data": state["data"]})
        for reply in replies:
            self._say(state, reply)
        state.update({"from": None, "to": [], "data": b""})

    # AUTH: the server's side of each mechanism, checking the one login

    def _challenge(self, state, text):
        state["f"].write(b"334 " + base64.b64encode(text) + b"\r\n")
        state["f"].flush()
        line = state["f"].readline().strip()
        self._note(line.decode("ascii", "replace"))
        return base64.b64decode(line)

    def _auth(self, state, line):
        words = line.split()
        mech = words[1].upper() if len(words) > 1 else ""
        first = base64.b64decode(words[2]) if len(words) > 2 and words[2] != "=" else None
        good = False
        if mech not in self.mechs:
            return "504 5.5.4 Unrecognized authentication type"
        if mech == "PLAIN":
            given = first if first is not None else self._challenge(state, b"")
            good = given.split(b"\0")[1:] == [self.user.encode(), self.password.encode()]
        elif mech == "LOGIN":
            user = first if first is not None else self._challenge(state, b"Username:")
            good = (user, self._challenge(state, b"Password:")) == (self.user.encode(), self.password.encode())
        elif mech == "CRAM-MD5":
            challenge = b"<%d.sink@sink.test>" % secrets.randbelow(10 ** 9)
            want = hmac.new(self.password.encode(), challenge, "md5").hexdigest()
            good = self._challenge(state, challenge).decode() == "%s %s" % (self.user, want)
        elif mech == "SCRAM-SHA-256":
            good = self._scram(state, first if first is not None else self._challenge(state, b""))
        self._note("auth %s %s" % (mech, "ok" if good else "failed"))
        return "235 2.7.0 Authentication successful" if good else "535 5.7.8 Error: authentication failed"

    def _scram(self, state, first):
        gs2, bare = first.split(b",,", 1)
        fields = dict((p[:1], p[2:]) for p in bare.split(b","))
        salt, rounds = b"0123456789abcdef", 4096
        nonce = fields[b"r"] + b"SERVERNONCE"
        server_first = b"r=%s,s=%s,i=%d" % (nonce, base64.b64encode(salt), rounds)
        final = self._challenge(state, server_first)
        without_proof, _, proof = final.rpartition(b",p=")
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), salt, rounds)
        client_key = hmac.new(salted, b"Client Key", "sha256").digest()
        message = bare + b"," + server_first + b"," + without_proof
        signature = hmac.new(hashlib.sha256(client_key).digest(), message, "sha256").digest()
        want = bytes(a ^ b for a, b in zip(client_key, signature))
        if base64.b64decode(proof) != want or fields[b"n"] != self.user.encode() or b"r=" + nonce not in without_proof:
            return False
        server_key = hmac.new(salted, b"Server Key", "sha256").digest()
        verifier = base64.b64encode(hmac.new(server_key, message, "sha256").digest())
        return self._challenge(state, b"v=" + verifier) in (b"",)
