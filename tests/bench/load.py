# load.py - loads that smtp-source and smtp-sink do not have; the same for both systems
# SPDX-License-Identifier: ISC
import contextlib
import os
import signal
import socket
import ssl
import time


def forked(count, work):
    """Runs work() in so many processes at once; seconds until the last has ended."""
    began, pids = time.monotonic(), []
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                work()
                status = 0
            finally:
                os._exit(status)
        pids.append(pid)
    if any([os.waitpid(p, 0)[1] for p in pids]):
        raise SystemExit("bench: a client failed")
    return time.monotonic() - began


class Dialogue:
    def __init__(self, port):
        self.s = socket.create_connection(("127.0.0.1", port), 30)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""
        self.reply()

    def lines(self, count):
        """Reads so many last lines of replies."""
        while True:
            whole = self.left.split(b"\r\n")
            done = [i for i, line in enumerate(whole[:-1]) if line[3:4] != b"-"]
            if len(done) >= count:
                self.left = b"\r\n".join(whole[done[count - 1] + 1:])
                return whole[done[count - 1]]
            more = self.s.recv(65536)
            if not more:
                raise SystemExit("bench: the server has hung up")
            self.left += more

    def reply(self):
        return self.lines(1)

    def say(self, text, want=b"2"):
        self.s.sendall(text.encode() + b"\r\n")
        got = self.reply()
        if not got.startswith(want):
            raise SystemExit("bench: %s: %s" % (text, got.decode()))


def tls_sessions(port, clients, each, reuse=False):
    """Sessions per second: connect, EHLO, STARTTLS, handshake, EHLO, QUIT."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def work():
        session = None
        for _ in range(each):
            d = Dialogue(port)
            d.say("EHLO client.test")
            d.say("STARTTLS")
            d.s = context.wrap_socket(d.s, session=session)
            d.say("EHLO client.test")
            if reuse:
                session = d.s.session
            d.say("QUIT")
            d.s.close()
    return clients * each / forked(clients, work)


def recipients(port, count):
    """Microseconds for one RCPT command, sent 50 at a time in one transaction after the other."""
    d = Dialogue(port)
    d.say("EHLO client.test")
    took = 0.0
    for first in range(0, count, 500):
        d.say("MAIL FROM:<a@client.test>")
        began = time.monotonic()
        for part in range(first, first + 500, 50):
            d.s.sendall(b"".join(b"RCPT TO:<user%d@far.test>\r\n" % i for i in range(part, part + 50)))
            if not d.lines(50).startswith(b"2"):
                raise SystemExit("bench: a recipient was refused")
        took += time.monotonic() - began
        d.say("RSET")
    d.say("QUIT")
    return took * 1e6 / count


def sink_session(c, context):
    """One client of TlsSink."""
    with contextlib.suppress(OSError):
        c.settimeout(30)
        c.sendall(b"220 sink.test ESMTP\r\n")
        f, data, secure = c.makefile("rb"), False, False
        while True:
            line = f.readline()
            if not line:
                return
            if data:
                if line == b".\r\n":
                    data = False
                    c.sendall(b"250 2.0.0 Ok\r\n")
                continue
            verb = line[:4].upper()
            if verb == b"EHLO":
                c.sendall(b"250-sink.test\r\n250-PIPELINING\r\n" + (b"" if secure else b"250-STARTTLS\r\n") +
                          b"250 8BITMIME\r\n")
            elif verb == b"STAR":
                c.sendall(b"220 2.0.0 Ready\r\n")
                c = context.wrap_socket(c, server_side=True)
                f, secure = c.makefile("rb"), True
            elif verb == b"DATA":
                data = True
                c.sendall(b"354 End data with <CR><LF>.<CR><LF>\r\n")
            elif verb == b"QUIT":
                c.sendall(b"221 2.0.0 Bye\r\n")
                return
            else:
                c.sendall(b"250 2.0.0 Ok\r\n")


class TlsSink:
    """Takes mail with STARTTLS and forgets it. More processes than a sender's default concurrency."""

    def __init__(self, port, certs, processes=24):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certs)
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(1000)
        self.pids = []
        for _ in range(processes):
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
                while True:
                    with contextlib.suppress(Exception):
                        c = listener.accept()[0]
                        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        sink_session(c, context)
                        c.close()
            self.pids.append(pid)
        listener.close()

    def stop(self):
        for p in self.pids:
            os.kill(p, signal.SIGTERM)
        for p in self.pids:
            os.waitpid(p, 0)
