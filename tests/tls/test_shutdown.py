# test_shutdown.py - the end of a TLS session, seen from below it
# SPDX-License-Identifier: ISC
import socket
import ssl
import time


class Below:
    """A TLS client that says nothing about the end of TLS when the server does."""
    def __init__(self, i):
        self.s = socket.create_connection(("127.0.0.1", i.port()), timeout=10)
        context = ssl._create_unverified_context()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        for line in (b"EHLO client.test\r\n", b"STARTTLS\r\n"):
            self.plain_reply()
            self.s.sendall(line)
        self.plain_reply()
        self.tls = context.wrap_bio(self.incoming, self.outgoing)
        self.do(self.tls.do_handshake)

    def plain_reply(self):
        text = b""
        while not any(l[3:4] == b" " for l in text.split(b"\r\n")[:-1]):
            text += self.s.recv(4096)

    def do(self, what, *args):
        while True:
            try:
                return what(*args)
            except ssl.SSLWantReadError:
                self.s.sendall(self.outgoing.read())
                more = self.s.recv(65536)
                assert more, "closed without a word of TLS"
                self.incoming.write(more)

    def quit(self):
        self.tls.write(b"QUIT\r\n")
        try:
            while self.do(self.tls.read, 4096):
                pass
        except ssl.SSLZeroReturnError:
            pass

    def closed_within(self, seconds):
        self.s.settimeout(seconds)
        try:
            return self.s.recv(1) == b""
        except (TimeoutError, socket.timeout):
            return False


def server(t, conf):
    t.need("SMTPD", "TLS")
    return t.instance("smtpd_tls_security_level = may\nsmtpd_tls_chain_files = $certs/server.key $certs/server.pem\n" + conf)


def test_the_server_does_not_wait_for_the_end(t):
    c = Below(server(t, ""))
    c.quit()
    t.equal(c.closed_within(1), True)


def test_the_server_waits_for_the_end(t):
    c = Below(server(t, "tls_fast_shutdown_enable = no\n"))
    c.quit()
    t.equal(c.closed_within(1), False)
    try:
        c.tls.unwrap()
    except ssl.SSLError:
        pass
    c.s.sendall(c.outgoing.read())
    t.equal(c.closed_within(5), True)
