# test_finger.py - posttls-finger against servers of all kinds; the same lines as Postfix's, where it is installed
# SPDX-License-Identifier: ISC
import os
import re
import subprocess

from lib import certs
from lib.sink import Sink

OTHER = "/usr/sbin/posttls-finger"

# The server's rules, the arguments ($P its port, $W the certificates), patterns that the output has.
CASES = [
    ("starttls server", "[127.0.0.1]:$P",
     ["^posttls-finger: < 220 sink.test", "> STARTTLS", "untrusted issuer /CN=Test CA", "^posttls-finger: Untrusted TLS",
      "> QUIT"]),
    ("starttls server", "-c -F $W/ca.pem [127.0.0.1]:$P mail.example.test",
     ["matched peername: mail.example.test", "Verified TLS connection established to 127.0.0.1.*: TLSv1.3 with cipher"]),
    ("starttls server", "-c -F $W/ca.pem -h native [localhost]:$P", ["matched peername: localhost", "Verified TLS"]),
    ("starttls server", "-c -l verify -A $W/ca.pem -h native -a ipv4 [localhost]:$P", ["Verified TLS"]),
    ("starttls server", "-c -F $W/ca.pem [127.0.0.1]:$P other.test", ["num=62:hostname mismatch", "Untrusted TLS"]),
    ("starttls server", "-c -l may -F $W/ca.pem [127.0.0.1]:$P", ["Trusted TLS"]),
    ("starttls server", "-c -p TLSv1.2 -L summary -l may -T 5 -t 5 [127.0.0.1]:$P", [": TLSv1.2 with cipher"]),
    ("starttls server", "-c -l none [127.0.0.1]:$P", ["^$"]),
    ("starttls expired", "-c -F $W/ca.pem [127.0.0.1]:$P mail.example.test", ["certificate has expired", "Untrusted"]),
    ("starttls server\nclientca", "-c -l may -k $W/client.pem -K $W/client.key -Lnone [127.0.0.1]:$P", ["^$"]),
    ("tls server", "-w -c -F $W/ca.pem [127.0.0.1]:$P mail.example.test", ["Verified TLS"]),
    ("lmtp\nstarttls server", "-S -l may [127.0.0.1]:$P", ["> LHLO", "Untrusted TLS"]),
    ("", "-o myhostname=finger.test [127.0.0.1]:$P", ["> EHLO finger.test", "> QUIT"]),
    ("EHLO: 502 no", "[127.0.0.1]:$P", ["EHLO rejected: 502 no"]),
    ("CONNECT: 554 no", "[127.0.0.1]:$P", ["SMTP service not available: 554 no"]),
    ("STARTTLS: 454 later\nstarttls server", "[127.0.0.1]:$P", ["STARTTLS rejected: 454 later"]),
    ("", "-l bogus [127.0.0.1]:$P", ['fatal: Invalid TLS level "bogus"']),
    ("", "-t 3 [127.0.0.1]:1", ["Failed to establish session to \\[127.0.0.1\\]:1 via 127.0.0.1: connect to "
                                 "127.0.0.1\\[127.0.0.1\\]:1: Connection refused"]),
]


def finger(t, program, rules, args):
    """What the program prints about a server with these rules; ports made alike."""
    where = certs.make(t.env.build)
    sink = Sink(rules, where, t.dir)
    try:
        words = args.replace("$P", str(sink.port)).replace("$W", where).split()
        environ = dict(os.environ, MAIL_CONFIG=t.dir)
        p = subprocess.run([program] + words, env=environ, capture_output=True, text=True, timeout=60)
        return p.returncode, (p.stdout + p.stderr).replace(str(sink.port), "PORT"), sink.text()
    finally:
        sink.stop()


def comparable(text):
    """Without what only one of the two libraries can tell, in the words of Postfix 3.7."""
    for new, old in (("issuer=", "issuer_CN="), (" cert fingerprint=", " fingerprint="),
                     ("pkey fingerprint=", "pkey_fingerprint="), ("key-exchange x25519", "key-exchange X25519")):
        text = text.replace(new, old)
    text = re.sub(r" server-signature .*| server-digest .*", "", text)
    return re.sub(r"(?m)^posttls-finger: (warning: .*DNSSEC.*|warning: reason: dnssec.*|.*Matched trust anchor.*)\n", "", text)


def prepare(t):
    t.need("POSTTLS_FINGER", "postlet")
    os.makedirs(t.dir, exist_ok=True)
    with open(os.path.join(t.dir, "main.cf"), "w") as f:
        f.write("compatibility_level = 3.6\nmyhostname = finger.test\n")
    return os.path.join(t.env.applet_dir(os.path.join(t.dir, "bin")), "posttls-finger")


def test_tells_what_it_sees(t):
    program = prepare(t)
    for rules, args, patterns in CASES:
        status, text, _ = finger(t, program, rules, args)
        for pattern in patterns:
            t.match(pattern, text)
        t.equal((args, status), (args, 1 if "fatal" in text else 0))


def test_same_lines_as_postfix(t):
    t.need("program:" + OTHER)
    program = prepare(t)
    if os.path.realpath(OTHER).endswith("postlet"):
        t.skip("posttls-finger is postlet's")
    for rules, args, _ in CASES:
        a = finger(t, program, rules, args)
        b = finger(t, OTHER, rules, args)
        t.equal((args, a[0], comparable(a[1]).split("\n")), (args, b[0], comparable(b[1]).split("\n")))


def test_fingerprint_level(t):
    program = prepare(t)
    for public_key in (False, True):
        text = finger(t, program, "starttls ecdsa", "-c -l may -d sha1 [127.0.0.1]:$P")[1]
        print_ = t.match(r"pkey_fingerprint=(\S+)" if public_key else r" fingerprint=([^, ]+)", text).group(1)
        t.equal(len(print_), 59)
        text = finger(t, program, "starttls ecdsa", "-c -l fingerprint -d sha1 [127.0.0.1]:$P 00:11 " + print_)[1]
        t.match("matched fingerprint: " + print_, text)
        t.match("Verified TLS connection", text)
    text = finger(t, program, "starttls server", "-c -l fingerprint -d sha1 [127.0.0.1]:$P " + print_)[1]
    t.match("Untrusted TLS connection", text)


def test_resumes_with_r(t):
    program = prepare(t)
    text = finger(t, program, "starttls server", "-c -r 1 -m 2 [127.0.0.1]:$P")[1]
    t.match("Reconnecting after 1 seconds\n.*Reusing old session\n", text)
    t.match("Found a previously used server.  Done reconnecting.", text)


def test_prints_the_certificate(t):
    program = prepare(t)
    _, text, _ = finger(t, program, "starttls server", "-cC -L none -l may -s mail.example.test [127.0.0.1]:$P")
    pem = t.match("(?s)-----BEGIN.*END CERTIFICATE-----\n", text).group(0)
    with open(os.path.join(certs.make(t.env.build), "server.pem")) as f:
        t.equal(pem.strip(), re.search("(?s)-----BEGIN.*?END CERTIFICATE-----", f.read()).group(0).strip())


def test_finds_servers_by_mx(t):
    t.need("POSTTLS_FINGER", "postlet")
    i = t.instance(start=False)
    i.dns("mx.test MX 10 dead.mx.test\nmx.test MX 20 127.mx.test\ndead.mx.test A 127.0.0.9\n127.mx.test A 127.0.0.1\n"
          "none.test MX 0 .\n")
    i.configure()
    sink = i.the_sink()
    status, text = i.run("posttls-finger -a ipv4 mx.test:%d" % sink.port)
    t.match("Failed to establish session to mx.test:.* via dead.mx.test", text)
    t.match(r"Connected to 127.mx.test\[127.0.0.1\]", text)
    t.match("Destination address lookup failed: .*null MX", i.run("posttls-finger none.test")[1])
    t.match("Destination address lookup failed: Host or domain name not found", i.run("posttls-finger no.test")[1])


def test_says_what_it_cannot_do(t):
    program = prepare(t)
    for args, text in (("-X [127.0.0.1]:1", "fatal: -X: there is no tlsproxy"), ("-l dane [127.0.0.1]:1", "DANE is not"),
                       ("-M may [127.0.0.1]:1", "DANE"), ("-f [127.0.0.1]:1", "DANE"), ("-x [127.0.0.1]:1", "raw public"),
                       ("-L ssl-debug [127.0.0.1]:1", "shows no packets"), ("-L hello [127.0.0.1]:1", "Invalid TLS log"),
                       ("-g purple [127.0.0.1]:1", "purple"), ("-F /nowhere [127.0.0.1]:1", "/nowhere"),
                       ("-H $W/client.key -k $W/client.pem [127.0.0.1]:1", "-H excludes"),
                       ("-P /nowhere -h magic [127.0.0.1]:1", "invalid -h option")):
        t.match(text, finger(t, program, "", args)[1])
