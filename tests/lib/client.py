# client.py - the SMTP client side of a dialogue test: lines out, lines in, TLS, nothing clever
# SPDX-License-Identifier: ISC
import os
import re
import socket
import ssl
import time

from .env import Fail


class Client:
    def __init__(self, port, host="127.0.0.1", timeout=15, path=None, source=None):
        self.timeout, self.transcript, self.pending, self.reply_lines = timeout, [], b"", []
        until = time.monotonic() + 5
        while True:  # a service may still be on its way up
            self.s = socket.socket(socket.AF_UNIX if path else socket.AF_INET6 if ":" in host else socket.AF_INET)
            self.s.settimeout(timeout)
            try:
                if source:
                    self.s.bind((source, 0))
                self.s.connect(path or (host, port))
                return
            except (ConnectionRefusedError, FileNotFoundError):
                self.s.close()
                if time.monotonic() > until:
                    raise Fail("nothing listens on %s" % (path or "%s port %d" % (host, port)))
                time.sleep(0.05)

    def send(self, data):
        """Bytes as they are."""
        self.transcript.append("> " + repr(data)[2:-1][:300])
        try:
            self.s.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.transcript.append("(connection closed)")

    def line(self, text):
        self.send(text.encode("utf-8", "surrogateescape") + b"\r\n")

    def read_line(self):
        """The next line without its end; None at end of file."""
        while b"\n" not in self.pending:
            try:
                more = self.s.recv(65536)
            except (TimeoutError, socket.timeout):
                raise Fail("no reply within %d seconds" % self.timeout)
            except (ConnectionResetError, ssl.SSLError) as e:
                self.transcript.append("(%s)" % e)
                more = b""
            if not more:
                if self.pending:
                    break
                self.transcript.append("(closed by the server)")
                return None
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        text = line.decode("utf-8", "surrogateescape")
        self.transcript.append("< " + text.rstrip("\r"))
        if not text.endswith("\r"):
            raise Fail("reply line without carriage return: %r" % text)
        return text[:-1]

    def reply(self):
        """One whole reply; its lines joined by newline."""
        self.reply_lines = []
        while True:
            line = self.read_line()
            if line is None:
                raise Fail("the server closed the connection")
            self.reply_lines.append(line)
            if not re.match(r"\d\d\d-", line):
                return "\n".join(self.reply_lines)

    def expect(self, pattern):
        text = self.reply()
        if not re.match(pattern, text, re.S):
            raise Fail("expected %r, got %r" % (pattern, text))
        return text

    def starttls(self, certs, cert=None, verify=False, name="mail.example.test", versions=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if verify:
            context.load_verify_locations(os.path.join(certs, "ca.pem"))
            context.check_hostname, context.verify_mode = True, ssl.CERT_REQUIRED
        if cert:
            context.load_cert_chain(os.path.join(certs, cert + ".pem"), os.path.join(certs, cert + ".key"))
        if versions == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if versions == "1.3":
            context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            self.s = context.wrap_socket(self.s, server_hostname=name)
        except (ssl.SSLError, OSError) as e:
            raise Fail("TLS handshake failed: %s" % e)
        self.transcript.append("(TLS: %s %s)" % (self.s.version(), self.s.cipher()[0]))

    def close(self):
        try:
            self.s.close()
        except OSError:
            pass

    def hello(self, name="client.test"):
        self.expect("220")
        self.line("EHLO " + name)
        return self.expect("250")

    def message(self, sender, recipients, content):
        """A whole transaction; returns the reply to the content."""
        self.line("MAIL FROM:<%s>" % sender)
        self.expect("250")
        for r in recipients:
            self.line("RCPT TO:<%s>" % r)
            self.expect("250")
        self.line("DATA")
        self.expect("354")
        body = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        lines = body.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
        self.send(b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n")
        return self.expect("250")
