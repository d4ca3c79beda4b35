# test_auth_server.py - what an authentication server of Dovecot's kind is told, and how much a client may say
# SPDX-License-Identifier: ISC
import base64
import socket
import threading

CONF = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:%d
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
"""


class AuthServer:
    """Lets everybody in; remembers what it was asked."""
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.asked = self.listener.getsockname()[1], []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            s, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        s.sendall(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0\nDONE\n")
        for line in s.makefile("rb"):
            words = line.decode().rstrip("\n").split("\t")
            self.asked.append(words)
            if words[0] == "AUTH" and not any(w.startswith("resp=") for w in words):
                s.sendall(b"CONT\t%s\t\n" % words[1].encode())
            elif words[0] in ("AUTH", "CONT"):
                s.sendall(b"OK\t%s\tuser=alice\n" % words[1].encode())

    def question(self):
        return [w for w in self.asked if w[0] == "AUTH"][-1]


def start(t, conf=""):
    t.need("SMTPD", "SASL_DOVECOT")
    server = AuthServer()
    i = t.instance(CONF % server.port + conf)
    c = i.connect()
    c.hello()
    return i, c, server


PLAIN = base64.b64encode(b"\0alice\0secret").decode()


def test_service(t):
    _, c, server = start(t)
    c.line("AUTH PLAIN " + PLAIN)
    c.expect("235 2.7.0")
    t.equal("service=smtp" in server.question(), True)


def test_service_of_another_name(t):
    _, c, server = start(t, "smtpd_sasl_service = submission\n")
    c.line("AUTH PLAIN " + PLAIN)
    c.expect("235 2.7.0")
    t.equal("service=submission" in server.question(), True)


def long_response(c, n):
    c.line("AUTH PLAIN")
    c.expect("334")
    c.line("A" * n)
    return c.reply()


def test_a_response_that_is_too_long(t):
    i, c, server = start(t)
    t.match("235 2.7.0", long_response(c, 12000))
    _, c, server = i, i.connect(), server
    c.hello()
    t.match("500 5.5.6 SASL response limit exceeded", long_response(c, 12288))
    c.line("NOOP")
    c.expect("250")


def test_longer_responses(t):
    _, c, server = start(t, "smtpd_sasl_response_limit = 20000\n")
    t.match("235 2.7.0", long_response(c, 16000))
    t.equal(len(server.asked[-1][-1]), 16000)
