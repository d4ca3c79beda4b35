# test_gnutls.py - GnuTLS on the other side, and which protocols and ciphers are below the floor
# SPDX-License-Identifier: ISC
import re
import shutil
import subprocess

SERVER = "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = $certs/server.key $certs/server.pem\nsmtpd_tls_loglevel = 1"
MODERN = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"


def server(t, *programs, conf=""):
    t.need("SMTPD", "TLS", "postlet", *("program:" + p for p in programs))
    return t.instance(SERVER + "\n" + conf)


def gnutls(i, priority, *options):
    """One STARTTLS session of gnutls-cli: what it prints."""
    p = subprocess.run(["gnutls-cli", "--starttls-proto=smtp", "--port", str(i.port()), "--x509cafile", i.certs() + "/ca.pem",
                        "--verify-hostname=mail.example.test", "--priority", priority, *options, "127.0.0.1"],
                       input="QUIT\r\n", capture_output=True, text=True, timeout=30)
    return p.stdout + p.stderr


def test_versions_groups_and_ciphers(t):
    i = server(t, "gnutls-cli")
    for priority, wanted in ((MODERN, "TLS1.3"), ("NORMAL:-VERS-ALL:+VERS-TLS1.2", "TLS1.2"),
                             ("NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP384R1", "SECP384R1"),
                             ("NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-X25519", "X25519"),
                             ("NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305", "CHACHA20-POLY1305"),
                             ("NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM", "AES-128-GCM")):
        out = gnutls(i, priority)
        t.match(r"(?s).*Status: The certificate is trusted", out)
        t.match(r"(?s).*Description: \(%s" % "TLS1.[23]", out)
        t.match(r"(?s).*Description: [^\n]*%s" % re.escape(wanted), out)
        t.match(r"(?s).*\n221 2\.0\.0 Bye", out)


def test_a_session_is_resumed(t):
    i = server(t, "gnutls-cli")
    for version in ("VERS-TLS1.2", "VERS-TLS1.3"):
        out = gnutls(i, "NORMAL:-VERS-ALL:+" + version, "--resume", "--waitresumption")
        t.match(r"(?s).*This is a resumed session", out)


def openssl(i, *options):
    p = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % i.port(), "-starttls", "smtp", *options],
                       input="QUIT\r\n", capture_output=True, text=True, timeout=30)
    return p.stdout + p.stderr


def test_floor(t):
    """As testssl.sh looks: nothing below TLS 1.2, and with it no cipher without encryption, name or forward secrecy."""
    i = server(t, "openssl")
    for version in ("-tls1", "-tls1_1"):
        out = openssl(i, version, "-cipher", "ALL:@SECLEVEL=0")
        t.match(r"(?s).*Cipher is \(NONE\)", out)
    p = subprocess.run(["openssl", "ciphers", "-tls1_2", "-s", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, text=True)
    weak = [c for c in p.stdout.strip().split(":") if re.search("NULL|ADH|AECDH|RC4|DES|EXP|MD5|PSK|SRP|IDEA|SEED", c)]
    t.equal(len(weak) > 5, True)
    out = openssl(i, "-tls1_2", "-cipher", ":".join(weak) + ":@SECLEVEL=0")
    t.match(r"(?s).*(Cipher is \(NONE\)|no cipher match)", out)
    for options in (("-tls1_2", "-cipher", "ECDHE"), ("-tls1_3",)):
        out = openssl(i, *options)
        t.match(r"(?s).*Compression: NONE", out)
        t.match(r"(?s).*Cipher is (TLS|ECDHE)", out)
    out = openssl(i, "-tls1_2", "-legacy_renegotiation")  # RFC 5746
    t.match(r"(?s).*Secure Renegotiation IS supported", out)


def test_testssl(t):
    i = server(t, "testssl")
    p = subprocess.run([shutil.which("testssl"), "-t", "smtp", "-p", "-s", "--color", "0", "--warnings", "off", "127.0.0.1:%d" % i.port()],
                       capture_output=True, text=True, timeout=80)
    for line in (r"SSLv2\s+not offered", r"SSLv3\s+not offered", r"TLS 1\s+not offered", r"TLS 1\.1\s+not offered",
                 r"TLS 1\.2\s+offered", r"TLS 1\.3\s+offered", r"NULL ciphers.*not offered", r"Anonymous NULL.*not offered"):
        t.match("(?s).*" + line, p.stdout)
