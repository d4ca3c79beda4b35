#!/usr/bin/env python3
# at_random.py - "make compat_random": sessions and messages made by chance, given to the installed Postfix and to postlet
# SPDX-License-Identifier: ISC
#
# Prints where the replies, or the delivered bytes, differ: a place to look at, not a verdict. What has no use and is known
# (comments that do not close, empty domains, header names with a blank in an attached message) is not made. The same seed
# makes the same text. What was worth mending has a dialogue of its own.
import argparse
import difflib
import os
import random
import re
import shutil
import socket
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0:0] = [os.path.dirname(HERE), HERE]
sys.dont_write_bytecode = True

from lib.env import Env                                     # noqa: E402
from lib.instance import Instance                           # noqa: E402

COMMON = """smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_junk_command_limit = 10000
smtpd_forbid_unauth_pipelining = no
smtpd_timeout = 20s
default_transport = discard:
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = none
notify_classes =
smtpd_recipient_limit = 20
virtual_alias_maps = inline:{{list@example.test = alice@example.test bob@example.test}, {@alias.test = alice@example.test}}
virtual_alias_domains = alias.test
relay_domains = relay.test
relay_recipient_maps = inline:{ ok@relay.test=x }
"""
FAR, NEAR = "mynetworks = 192.0.2.0/24\n", "mynetworks = 127.0.0.0/8\n"
SESSIONS = {
    "default": FAR,
    "strict": FAR + "strict_rfc821_envelopes = yes\nsmtpd_helo_required = yes\n",
    "nodelay": FAR + "smtpd_delay_reject = no\nsmtpd_sender_restrictions = reject_non_fqdn_sender\n"
                     "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n",
    "open": NEAR + "allow_percent_hack = yes\nswap_bangpath = yes\nallow_untrusted_routing = yes\n",
    "xclient": FAR + "smtpd_authorized_xclient_hosts = 127.0.0.1\nsmtpd_authorized_xforward_hosts = 127.0.0.1\n"
                     "smtpd_authorized_verp_clients = 127.0.0.1\n",
    "odd": FAR + "resolve_numeric_domain = yes\nappend_dot_mydomain = yes\nsmtpd_reject_unlisted_sender = yes\n"
                 "recipient_delimiter = +-\n",
    "old": FAR + "smtputf8_enable = no\nallow_min_user = yes\nresolve_dequoted_address = no\ndisable_vrfy_command = yes\n"
                 "smtpd_discard_ehlo_keywords = dsn, pipelining\n",
}
MESSAGES = {
    "default": FAR,
    "maps": FAR + "canonical_maps = inline:{{a@far.test=b@here.test}, {@old.test=@new.test}}\nmasquerade_domains = corp.test\n"
                  "local_header_rewrite_clients = static:all\nsender_canonical_maps = inline:{ env@x.test=env2@y.test }\n",
    "remote": FAR + "remote_header_rewrite_domain = remote.test\nlocal_header_rewrite_clients =\n",
    "checks": FAR + "header_checks = regexp:{{/^X-Ign:/ IGNORE}, {/^X-Rep: (.*)/ REPLACE X-New: $1}, {/^X-Pre:/ PREPEND X-B: y}}\n"
                    "mime_header_checks = regexp:{{/^Content-Type:.*name/ PREPEND X-M: a}, {/^Content-Desc/ IGNORE}}\n"
                    "nested_header_checks = regexp:{{/^Subject:/ PREPEND X-Nested: n}}\n"
                    "body_checks = regexp:{{/^bad/ IGNORE}, {/^rep (.*)/ REPLACE was $1}, {/^pre/ PREPEND before}}\n",
    "limits": FAR + "message_drop_headers = bcc, content-length, return-path, x-drop\nalways_add_missing_headers = yes\n"
                    "header_size_limit = 400\nline_length_limit = 600\nmime_nesting_limit = 3\nmime_boundary_length_limit = 10\n",
    "near": NEAR + "append_dot_mydomain = yes\n",
}

# --- SMTP sessions ---

LOCAL = ["alice", "bob", "carol", "ALICE", "list", "postmaster", "nobody", '"alice"', '"al ice"', '"a\\"b"', "a..b", ".alice",
         "alice.", "alice+ext", "alice-ext", "+x", "bob%example.test", "away.test!bob", "alice@x", "a/b", "-f", "\xe9", "\u03b1",
         "(c)alice", "al ice", "a" * 70, "a" * 300, '""', 'a"b"c', "a;b", "a,b", "`id`", "|cat", "$x", "#", "*"]
DOMAIN = 3 * ["example.test"] + ["mail.example.test", "EXAMPLE.Test", "away.test", "alias.test", "relay.test", "localhost",
          "[127.0.0.1]", "[1.2.3.4]", "[IPv6:::1]", "[]", "[x]", "127.0.0.1", "a_b.test", "-x.test", "x-.test", "a..b.test",
          "example.test.", ".example.test", "x" * 64 + ".test", "ex\xe4mple.test", "xn--exmple-cua.test", "exam ple.test",
          "example.test(c)", "example", "a." * 130 + "test", "ex;ample.test", "mail.example.test:25", "mail!x"]
MAIL_WORDS = ["SIZE=100", "SIZE=60000001", "SIZE=", "SIZE=x", "SIZE=00010", "BODY=8BITMIME", "body=7bit", "BODY=BINARYMIME",
              "SMTPUTF8", "SMTPUTF8=x", "RET=FULL", "RET=X", "ENVID=abc", "ENVID=a+zz", "AUTH=<>", "AUTH=", "FOO=BAR", "XVERP",
              "XVERP=ab", "REQUIRETLS", "=", "x=y=z"]
RCPT_WORDS = ["NOTIFY=NEVER", "NOTIFY=SUCCESS,FAILURE,DELAY", "NOTIFY=NEVER,SUCCESS", "NOTIFY=", "NOTIFY=x", "notify=success",
              "ORCPT=rfc822;x@y", "ORCPT=x", "ORCPT=rfc822;a+zz", "ORCPT=;x", "ORCPT=utf-8;x@y", "FOO", "SIZE=3"]
VALUES = ["[UNAVAILABLE]", "[TEMPUNAVAIL]", "spike.test", "1.2.3.4", "IPV6:::1", "ESMTP", "x+20y", "x+zz", "", "25", "999999",
          "LOCAL", "REMOTE", "127.0.0.1"]
HELLO = ["client.test", "", "localhost", "[127.0.0.1]", "1.2.3.4", "x", "a_b", "-x", "a b", "..", "[x]", "\xe9.test", "client.test foo"]
JUNK = ["", "  ", ".", "X", "<x>", ":", "a:b", "DATAX", "QUITX", "foo bar", "TURN", "EXPN alice", "STARTTLS x", "AUTH PLAIN"]


def address(r):
    local, domain = r.choice(LOCAL), r.choice(DOMAIN)
    return r.choice(["", local] + 8 * [local + "@" + domain] + ["@away.test:" + local + "@" + domain])


def path(r):
    a = address(r)
    return r.choice(8 * ["<" + a + ">"] + [a, "<" + a, a + ">", "< " + a + " >", "<<" + a + ">>", "Name<" + a + ">", "<" + a + ">(c)"])


def with_words(r, text, words):
    return text + "".join(r.choice([" ", "  ", "\t"]) + r.choice(words) for _ in range(r.choice([0, 0, 0, 1, 1, 2])))


def command(r):
    spell = r.choice([str, str, str.lower])
    kind = r.random()
    if kind < 0.22:
        return with_words(r, spell("MAIL FROM") + r.choice([":", ":", ":", ": ", " :", ""]) + path(r), MAIL_WORDS)
    if kind < 0.46:
        return with_words(r, spell("RCPT TO") + r.choice([":", ":", ":", ": ", ""]) + path(r), RCPT_WORDS)
    if kind < 0.58:
        return "MAIL FROM:<%s>" % r.choice(["", "a@away.test", "bob@example.test"])
    if kind < 0.70:
        return "RCPT TO:<%s@%s>" % (r.choice(["alice", "list", "ok", "nobody"]), r.choice(["example.test", "relay.test", "alias.test"]))
    attributes = [r.choice(["NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "IDENT", "SOURCE", "DESTPORT", "FOO"]) + "=" +
                  r.choice(VALUES) for _ in range(r.choice([0, 1, 1, 2]))]
    return r.choice(["DATA", "RSET", "BDAT 5 LAST", "BDAT 5", "BDAT 0", "BDAT x", "DATA x", "RSET x", "NOOP x", "VRFY " + address(r),
                     "VRFY " + path(r), "ETRN " + r.choice(DOMAIN), r.choice(["HELO ", "EHLO ", "LHLO "]) + r.choice(HELLO),
                     " ".join([r.choice(["XCLIENT", "XFORWARD"])] + attributes), r.choice(JUNK)])


def session(r):
    hello = ["EHLO client.test"] if r.random() < 0.85 else []
    return hello + [command(r) for _ in range(r.randint(8, 25))] + ["QUIT"]


# --- messages ---

PEOPLE = ["alice@example.test", "a@far.test", "x@old.test", "user@host.corp.test", "root", '"a b"@x.test', "Ann <a@far.test>",
          '"Doe, J" <j@old.test>', "grp: a@far.test, b@old.test;", "<>", "a@far.test (comment)", "<@r.test:a@far.test>",
          "=?utf-8?q?=C3=A4?= <a@far.test>", "J\xf6rg <a@far.test>", "a@[1.2.3.4]", "a%far.test@old.test", "far.test!a", "a@far",
          "very" + "long" * 60 + "@x.test", "Ann\r\n <a@far.test>", "MAILER-DAEMON", "Ann (the boss) <a@far.test>"]
NAMES = ["From", "To", "Cc", "Bcc", "Reply-To", "Sender", "Resent-From", "Resent-To", "Errors-To", "Return-Path", "Message-Id", "Date",
         "Subject", "Received", "Content-Length", "X-Ign", "X-Rep", "X-Pre", "X-Drop", "Delivered-To", "Apparently-To", "X-Foo",
         "MIME-Version", "Content-Transfer-Encoding", "Resent-Date"]
PLAIN = ["hello", "", "  sp", "a\r\n b", "a\r\n\tb\r\n c", "x" * 300, "\xe4\xf6", "1.0", "a\r\n  ", "12"]
TEXT = ["hello", "", ".", "..", ".x", "From me", ">From me", "bad line", "rep lace", "pre fix", "x" * 250, "x" * 1100, "\xe4\xf6\xfc",
        "\x01\x02", "tab\there", "--b1", "--b1--", "--b2", "--b1 ", "--longboundary0123456789", "Subject: in body"]
TYPES = ["text/plain", "text/plain; charset=utf-8", "multipart/mixed; boundary=b1", 'multipart/mixed; boundary="b2"',
         "multipart/alternative;\r\n boundary=b1", "multipart/mixed", "multipart/digest; boundary=b1", "message/rfc822",
         "message/partial; id=x", "multipart/mixed; boundary=longboundary0123456789", 'text/plain; name="x\r\n y"',
         "multipart/signed; boundary=b1 (c)", 'multipart/mixed; boundary="b\\1"', "message/delivery-status", "text", "multipart/",
         "(c) multipart/mixed; boundary=b1", "multipart/mixed;boundary=b1;"]


def value(r, name):
    if name == "Content-Transfer-Encoding":
        return r.choice(["8bit", "7bit", "base64", "quoted-printable", "x-foo", "8BIT (c)", "binary"])
    if name in ("Message-Id", "Date", "Resent-Date"):
        return "<x@y>" if name == "Message-Id" else "Mon, 1 Jan 2024 00:00:00 +0000"
    if name in NAMES[12:19] or name in ("X-Foo", "MIME-Version"):
        return r.choice(PLAIN)
    return r.choice([", ", ",", ",\r\n "]).join(r.choice(PEOPLE) for _ in range(r.choice([1, 1, 1, 2, 3, 8])))


def header(r):
    name = r.choice(NAMES)
    if r.random() < 0.1:
        return r.choice(["From someone Mon Jan", "X y: z", "nocolon", ": novalue", "X-8\xe4: b", "X-Foo", "From:", "X-End: a   ", "..dots: y"])
    return r.choice([name, name, name.upper(), name.lower()]) + r.choice([": ", ": ", ": ", ":", ":\t", ":  "]) + value(r, name)


def text(r, n):
    return [r.choice(TEXT) for _ in range(n)]


def parts(r, depth):
    lines, boundary = [], r.choice(["b1", "b2", "longboundary0123456789"])
    for _ in range(r.randint(1, 3)):
        lines += ["--" + boundary, "Content-Type: " + r.choice(TYPES)]
        lines += [r.choice(["Content-Description: foo\r\n bar", "Content-Transfer-Encoding: 8bit", header(r)])] * (r.random() < 0.5)
        lines += [""] + text(r, r.randint(0, 5))
        if depth < 5 and r.random() < 0.5:
            lines += parts(r, depth + 1)
    return lines + (["--" + boundary + "--"] + text(r, 2)) * (r.random() < 0.7)


def message(r):
    head = [header(r) for _ in range(r.randint(0, 9))]
    for line in "MIME-Version: 1.0", "Content-Type: " + r.choice(TYPES):
        if r.random() < 0.6:
            head.insert(r.randint(0, len(head)), line)
    if r.random() < 0.1:
        return r.choice([head, text(r, 4)])
    return head + [""] + text(r, r.randint(0, 6)) + (parts(r, 1) if r.random() < 0.6 else [])


# --- the two of them ---

class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 25)
        self.file = self.socket.makefile("rb")
        self.reply()

    def reply(self):
        lines = []
        while not lines or lines[-1][3:4] == b"-":
            try:
                line = self.file.readline()
            except OSError:
                line = b""
            lines.append(line.rstrip(b"\r\n") or b"<closed>")
        lines = [re.sub(rb"queued as [0-9A-F]+", b"queued as QID", n) for n in lines if not n[4:] == b"REQUIRETLS"]
        return [re.sub(rb"^250-(CHUNKING|SMTPUTF8)$", rb"250 \1", n).decode("latin-1") for n in lines]

    def say(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass
        return self.reply()


def encoded(line):
    return line.encode("utf-8" if "\u03b1" in line else "latin-1", "replace")


def talk(port, lines):
    client, record = Client(port), []
    for line in lines:
        data = encoded(line) + b"\r\n"
        chunk = re.match(r"BDAT (\d+)", line)
        record.append((line, client.say(data + (b"ab\r\nc" if chunk and chunk.group(1) == "5" else b""))))
        if record[-1][1][-1].startswith("354"):
            record.append(("(content)", client.say(b"Subject: x\r\n\r\nhello\r\n..dot\r\n.\r\n")))
        if record[-1][1][-1] == "<closed>":
            break
    return record


def run_sessions(sides, make, count):
    for number in range(count):
        lines = session(make(number))
        theirs, ours = [talk(i.port(), lines) for i in sides]
        for at, (a, b) in enumerate(zip(theirs, ours)):
            if a != b:
                yield number, ["%s => %s" % (line, reply[-1]) for line, reply in theirs[max(0, at - 5):at]] + \
                    [a[0], "- " + "  ".join(a[1]), "+ " + "  ".join(b[1])]
                break


def plain(content):
    content = re.sub(rb"\b[0-9A-F]{10,14}\b", b"QID", content).replace(b"recipients:;", b"recipients: ;")
    content = re.sub(rb"\w{3}, +\d+ \w{3} \d{4} \d\d:\d\d:\d\d \+0000 \(UTC\)", b"DATE", content)
    return re.sub(rb"\d{14}\.QID", b"DATE.QID", content).decode("latin-1").split("\n")


def delivered(i, before):
    """The message that came to alice since, or None."""
    until = time.monotonic() + 12
    while time.monotonic() < until:
        for where, _, names in os.walk(os.path.join(i.dir, "mail")):
            for name in names:
                file = os.path.join(where, name)
                if os.path.basename(where) == "new" and "alice" in where and file not in before:
                    before.add(file)
                    with open(file, "rb") as f:
                        return plain(f.read())
        time.sleep(0.02)
    return None


def submit(i, lines, option, before):
    client = Client(i.port())
    for line in "EHLO client.test", "MAIL FROM:<env@x.test>" + option, "RCPT TO:<alice@example.test>", "DATA":
        client.say(line.encode() + b"\r\n")
    content = re.sub(r"(?m)^\.", "..", "\r\n".join(lines))
    reply = client.say(encoded(content) + b"\r\n.\r\n")
    client.say(b"QUIT\r\n")
    return reply, delivered(i, before) if reply[-1].startswith("250") else None


def run_messages(sides, make, count):
    before = [set(), set()]
    for number in range(count):
        r = make(number)
        lines, option = message(r), r.choice(["", " BODY=8BITMIME", " BODY=7BIT"])
        theirs, ours = [submit(i, lines, option, b) for i, b in zip(sides, before)]
        if theirs != ours:
            diff = difflib.unified_diff(theirs[1] or [], ours[1] or [], lineterm="", n=1)
            yield number, [str(theirs[0]), str(ours[0])] * (theirs[0] != ours[0]) + list(diff)[2:16]


def main():
    parser = argparse.ArgumentParser(description="Sessions and messages at random, with the installed Postfix and with postlet.")
    parser.add_argument("--build")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=30, help="of each kind, with each configuration")
    parser.add_argument("only", nargs="*", help="names of configurations")
    options = parser.parse_args()
    os.umask(0o022)
    base, found = tempfile.mkdtemp(prefix="postlet-random-"), 0
    os.chmod(base, 0o755)
    for kind, confs, run in ("session", SESSIONS, run_sessions), ("message", MESSAGES, run_messages):
        for name in [n for n in confs if not options.only or n in options.only]:
            sides = []
            try:
                for side, oracle in ("Postfix", True), ("postlet", False):
                    where = os.path.join(base, kind + name + side)
                    os.mkdir(where)
                    sides.append(Instance(Env(options.build, oracle), where))
                    sides[-1].conf(COMMON + confs[name])
                    sides[-1].configure()
                    sides[-1].start()
                for number, lines in run(sides, lambda n: random.Random("%s %s %s %d" % (options.seed, kind, name, n)), options.count):
                    found += 1
                    print("%s %s %d" % (kind, name, number), *[line[:160] for line in lines], sep="\n    ", flush=True)
            finally:
                for i in sides:
                    i.close()
    shutil.rmtree(base, ignore_errors=True)
    print("%d differences" % found)


if __name__ == "__main__":
    main()
