# test_openssl.py - openssl's own client and server on the other side: versions, keys, names, resumption
# SPDX-License-Identifier: ISC
import os
import re
import subprocess
import threading
import time

from lib.instance import wait_until
from lib.ports import free_port

SERVER = "\n".join(("smtpd_tls_security_level = may", "smtpd_tls_chain_files = $certs/server.chain, $certs/ecdsa.chain",
                    "smtpd_tls_loglevel = 1", "smtpd_tls_received_header = yes"))


def chain(i, *names):
    """Key and certificate in one file, key first."""
    for name in names:
        path = os.path.join(i.certs(), name)
        with open(path + ".chain.%d" % os.getpid(), "w") as out:
            for end in (".key", ".pem"):
                with open(path + end) as f:
                    out.write(f.read())
        os.rename(path + ".chain.%d" % os.getpid(), path + ".chain")


def server(t, conf=SERVER, master=()):
    t.need("SMTPD", "TLS", "program:openssl")
    i = t.instance(conf, master=master, start=False)
    chain(i, "server", "ecdsa")
    i.start()
    return i


def s_client(i, *options, said="QUIT\r\n"):
    """What openssl s_client prints for one STARTTLS session."""
    p = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % i.port(), "-starttls", "smtp", "-CAfile",
                        i.certs() + "/ca.pem", "-crlf", "-ign_eof", *options], input=said, capture_output=True, text=True, timeout=30)
    return p.stdout + p.stderr


def test_versions_and_keys(t):
    i = server(t)
    for options, protocol, cipher, kind in (
            (["-tls1_3"], "TLSv1.3", r"TLS_\w+", "."),
            (["-tls1_2"], "TLSv1.2", r"ECDHE-\w+-\S+", "."),
            (["-tls1_2", "-cipher", "aRSA"], "TLSv1.2", r"ECDHE-RSA-\S+", "RSA"),
            (["-tls1_2", "-cipher", "aECDSA"], "TLSv1.2", r"ECDHE-ECDSA-\S+", "ECDSA"),
            (["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256"], "TLSv1.2", "ECDHE-RSA-AES128-SHA256", "RSA"),
            (["-tls1_3", "-sigalgs", "RSA-PSS+SHA256"], "TLSv1.3", r"TLS_\w+", "RSA"),
            (["-tls1_3", "-sigalgs", "ECDSA+SHA256"], "TLSv1.3", r"TLS_\w+", "ECDSA"),
            (["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", "."),
            (["-tls1_3", "-groups", "P-384"], "TLSv1.3", r"TLS_\w+", ".")):
        out = s_client(i, *options)
        t.match(r"Verification: OK", out)
        t.match(r"(?m)^(New|Reused), %s, Cipher is %s$" % (re.escape(protocol), cipher), out)
        t.match(r"(?m)^221 2\.0\.0 Bye", out)
    i.wait_log(r"Anonymous TLS connection established from \S+\[127\.0\.0\.1\]: TLSv1\.3 with cipher TLS_CHACHA20_POLY1305_SHA256 "
               r"\(256/256 bits\) key-exchange X25519")
    i.wait_log(r"TLSv1\.2 with cipher ECDHE-RSA-AES128-SHA256 \(128/128 bits\)$")
    i.wait_log(r"key-exchange ECDHE \(P-384\)")


def test_old_protocols_are_refused(t):
    i = server(t)
    out = s_client(i, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    t.match(r"Cipher is \(NONE\)", out)
    i.wait_log(r"SSL_accept error from \S+\[127\.0\.0\.1\]: ")


def test_protocol_parameters(t):
    i = server(t, SERVER + "\nsmtpd_tls_protocols = TLSv1.2\nsmtpd_tls_exclude_ciphers = AES128, CHACHA20, aECDSA, AESCCM, CAMELLIA")
    t.match(r"Cipher is \(NONE\)", s_client(i, "-tls1_3"))
    t.match(r"TLSv1.2, Cipher is ECDHE-RSA-AES256-", s_client(i))
    t.match(r"Cipher is \(NONE\)", s_client(i, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"))


def test_sessions_are_resumed(t):
    # By another process each time: the key of tickets is shared, and a reload keeps it.
    i = server(t, SERVER + "\nmax_use = 1")
    for version in ("-tls1_2", "-tls1_3"):
        saved = os.path.join(t.dir, "session" + version)
        t.match(r"(?m)^New, ", s_client(i, version, "-sess_out", saved))
        t.match(r"(?m)^Reused, ", s_client(i, version, "-sess_in", saved))
    i.wait_log("TLS connection reused from")
    i.reload()
    i.wait_log("reload -- version|refresh-postfix")
    if not t.env.oracle:  # its tlsmgr makes a new key
        t.match(r"(?m)^Reused, ", s_client(i, "-tls1_3", "-sess_in", saved))


def test_ticket_lifetime(t):
    i = server(t, SERVER + "\nmax_use = 1\nsmtpd_tls_session_cache_timeout = 2s")
    saved = os.path.join(t.dir, "session")
    t.match(r"(?m)^New, ", s_client(i, "-tls1_2", "-sess_out", saved))
    time.sleep(5)
    t.match(r"(?m)^New, ", s_client(i, "-tls1_2", "-sess_in", saved))
    i = server(t, SERVER + "\nsmtpd_tls_session_cache_timeout = 0")
    t.match(r"(?m)^New, ", s_client(i, "-tls1_2", "-sess_out", saved))
    t.match(r"(?m)^New, ", s_client(i, "-tls1_2", "-sess_in", saved))


def test_client_certificates(t):
    i = server(t, SERVER + "\nsmtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = $certs/ca.pem")
    for version in ("-tls1_2", "-tls1_3"):
        for name, word in (("client", "Trusted"), ("other", "Untrusted")):
            path = os.path.join(i.certs(), name)
            t.match(r"(?m)^221 ", s_client(i, version, "-cert", path + ".pem", "-key", path + ".key"))
            i.wait_log(r"%s TLS connection established from \S+: TLSv1.%s" % (word, version[-1]))


def test_a_long_message_in_many_records(t):
    i = server(t)
    body = "".join("line %d %s\n" % (n, "x" * 900) for n in range(500))
    c = i.connect()
    c.hello()
    c.line("STARTTLS")
    c.expect("220")
    c.starttls(i.certs())
    c.message("s@a.test", ["alice@example.test"], "Subject: long\n\n" + body)
    i.wait_delivered("alice")
    t.match("(?m)^line 499 xxx", i.maildir("alice")[0])


class Sserver:
    """openssl s_server as a mail server that speaks TLS from the first byte: it prints what comes, this answers."""

    def __init__(self, t, i, cert, *options):
        self.port, self.got = free_port(), ""
        path = os.path.join(i.certs(), cert)
        self.p = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:%d" % self.port, "-cert", path + ".pem", "-key",
                                   path + ".key", "-quiet", "-naccept", "5", *options], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait_until("openssl s_server listens", self.listening)
        threading.Thread(target=self.answer, daemon=True).start()

    def listening(self):
        """Without a connection, which s_server would count."""
        with open("/proc/net/tcp") as f:
            return any(line.split()[1].endswith(":%04X" % self.port) and line.split()[3] == "0A" for line in f.readlines()[1:])

    def say(self, text):
        self.p.stdin.write((text + "\r\n").encode())
        self.p.stdin.flush()

    def answer(self):
        data = False
        try:
            self.say("220 mail.example.test ESMTP")
            for raw in self.p.stdout:
                line = raw.decode("latin-1").rstrip("\r\n")
                self.got += line + "\n"
                verb = line[:4].upper()
                if data:
                    if line == ".":
                        data = False
                        self.say("250 2.0.0 Ok: queued as S")
                elif verb == "DATA":
                    data = True
                    self.say("354 go on")
                elif verb == "QUIT":
                    self.say("221 bye")
                elif verb in ("EHLO", "MAIL", "RCPT", "RSET"):
                    self.say("250 ok")
        except OSError:
            pass

    def stop(self):
        self.p.kill()
        self.p.wait()


def deliver(t, cert, options, *want, level="secure"):
    t.need("SMTP", "SMTPD", "TLS", "program:openssl")
    i = t.instance("", start=False)
    s = Sserver(t, i, cert, *options)
    try:
        i.conf("\n".join(("relayhost = [127.0.0.1]:%d" % s.port, "virtual_mailbox_domains =", "smtp_tls_wrappermode = yes",
                          "smtp_tls_security_level = " + level, "smtp_tls_CAfile = $certs/ca.pem", "smtp_tls_loglevel = 1",
                          "smtp_tls_secure_cert_match = mail.example.test", "smtp_tls_verify_cert_match = mail.example.test")))
        i.start()
        i.send("s@client.test", "bob@far.test", "Subject: hop\n\nthrough\n")
        for pattern in want:
            i.wait_log(pattern)
    finally:
        s.stop()
    return i, s


def test_client_versions_and_keys(t):
    for cert, options, want in (
            ("server", ["-tls1_3"], r"TLSv1\.3 with cipher TLS_\w+ \(\d+/\d+ bits\) key-exchange X25519"),
            ("ecdsa", ["-tls1_2"], r"TLSv1\.2 with cipher ECDHE-ECDSA-\S+ \(\d+/\d+ bits\)$"),
            ("server", ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256"], r"TLSv1\.2 with cipher ECDHE-RSA-AES128-SHA256 \(128/128 bits\)$"),
            ("ecdsa", ["-tls1_3", "-groups", "P-384"], r"TLSv1\.3 with cipher \S+ \(256/256 bits\) key-exchange ECDHE \(P-384\)")):
        i, s = deliver(t, cert, options, r"Verified TLS connection established to \S+: " + want, "status=sent")
        t.match("Subject: hop", s.got)


def test_server_that_prefers_rsa_pss_in_tls_1_2(t):
    with open(t.env.binary, "rb") as f:
        if b"libmbedtls.so" in f.read():
            t.skip("the system's mbedTLS may be 3.6.6, which refuses this; the one that make deps builds does not")
    i, s = deliver(t, "server", ["-tls1_2", "-serverpref"], r"Verified TLS connection established to \S+: TLSv1\.2 with "
                   r"cipher ECDHE-RSA-\S+ \(256/256 bits\)$", "status=sent")


def test_client_refuses_the_wrong_certificate(t):
    for cert in ("other", "expired"):
        i, s = deliver(t, cert, [], r"status=deferred \(Server certificate not (trusted|verified)\)")
        t.equal("MAIL FROM" in s.got, False)


def test_client_takes_any_certificate_at_encrypt(t):
    i, s = deliver(t, "other", [], r"Untrusted TLS connection established to \S+: TLSv1\.3", "status=sent", level="encrypt")
