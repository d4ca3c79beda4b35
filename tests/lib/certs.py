# certs.py - a test certificate authority and certificates, made once with openssl
# SPDX-License-Identifier: ISC
#
# ca.pem; server.pem/server.key (RSA, mail.example.test, localhost, 127.0.0.1); ecdsa.pem/ecdsa.key (the same
# names); client.pem/client.key; other.pem/other.key (self-signed, another name); expired.pem/expired.key;
# wild.pem/wild.key (*.example.test); onlyserver.pem/onlyserver.key (not for clients); deep1.pem/deep1.key,
# deep2.pem/deep2.key (with one and two authorities between, which are in the same file).
import fcntl
import os
import shutil
import subprocess

from .env import Skip

NAMES = "DNS:mail.example.test,DNS:localhost,IP:127.0.0.1"


def _openssl(where, *args):
    subprocess.run(["openssl", *args], cwd=where, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _issue(where, name, subject, alt, newkey, *times, usage="serverAuth,clientAuth", basic="CA:FALSE", ca="ca"):
    _openssl(where, "req", "-new", "-nodes", *newkey, "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject)
    with open(os.path.join(where, name + ".ext"), "w") as f:
        f.write("subjectAltName=%s\nextendedKeyUsage=%s\nbasicConstraints=%s\n" % (alt, usage, basic))
    _openssl(where, "x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial",
             *(times or ("-days", "3650")), "-extfile", name + ".ext", "-out", name + ".pem")


def make(build):
    """The directory with the certificates; made when it is not there yet."""
    where = os.path.join(build, "test-certs")
    if os.path.exists(os.path.join(where, "done-2")):
        return where
    if not shutil.which("openssl"):
        raise Skip("needs the openssl command for test certificates")
    os.makedirs(where, exist_ok=True)
    with open(os.path.join(where, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(os.path.join(where, "done-2")):
            return where
        rsa = ["-newkey", "rsa:2048"]
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        _openssl(where, "req", "-x509", "-new", "-nodes", *ec, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
                 "-subj", "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        _issue(where, "server", "/CN=mail.example.test", NAMES, rsa)
        _issue(where, "ecdsa", "/CN=mail.example.test", NAMES, ec)
        _issue(where, "client", "/CN=client.example.test", "DNS:client.example.test", ec)
        _issue(where, "wild", "/CN=wild.example.test", "DNS:*.example.test", ec)
        _issue(where, "onlyserver", "/CN=server.example.test", "DNS:server.example.test", ec, usage="serverAuth")
        for n, above in ((1, "ca"), (2, "sub1")):
            _issue(where, "sub%d" % n, "/CN=Test CA below %s" % above, "DNS:sub.example.test", ec,
                   basic="critical,CA:TRUE", ca=above)
            _issue(where, "deep%d" % n, "/CN=deep.example.test", NAMES, ec, ca="sub%d" % n)
            with open(os.path.join(where, "deep%d.pem" % n), "a") as f:
                for k in range(n, 0, -1):
                    f.write(open(os.path.join(where, "sub%d.pem" % k)).read())
        try:
            _issue(where, "expired", "/CN=mail.example.test", NAMES, ec, "-not_before", "20200101000000Z",
                   "-not_after", "20200201000000Z")
        except subprocess.CalledProcessError:  # before OpenSSL 3.4
            _issue(where, "expired", "/CN=mail.example.test", NAMES, ec, "-days", "-1")
        _openssl(where, "req", "-x509", "-new", "-nodes", *ec, "-keyout", "other.key", "-out", "other.pem", "-days", "3650",
                 "-subj", "/CN=other.example.test", "-addext", "subjectAltName=DNS:other.example.test")
        for name in os.listdir(where):
            os.chmod(os.path.join(where, name), 0o644)
        with open(os.path.join(where, "done-2"), "w"):
            pass
    return where
