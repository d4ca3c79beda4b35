# test_next_hop.py - Debian's Postfix (TLS, AUTH through Dovecot) and smtp-sink as the next hop
# SPDX-License-Identifier: ISC
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from dovecot import Dovecot              # noqa: E402
from lib.env import Env                  # noqa: E402
from lib.instance import Instance, wait_until  # noqa: E402


def next_hop(t, conf):
    """Debian's Postfix, private, with Dovecot for AUTH."""
    t.need("root")
    if not os.path.exists("/usr/lib/postfix/sbin/master"):
        t.skip("needs Postfix as the next hop")
    i = Instance(Env(t.env.build, oracle=True), os.path.join(t.dir, "hop"))
    t.instances.append(i)
    i.certs()
    i.conf(conf)
    return i


def test_postfix_with_tls_and_auth(t):
    t.need("SMTPD", "SMTP", "SMTP_SASL", "TLS")
    hop = next_hop(t, "\n".join((
        "smtpd_tls_security_level = encrypt", "smtpd_tls_cert_file = $dir/certs/server.pem",
        "smtpd_tls_key_file = $dir/certs/server.key", "smtpd_sasl_auth_enable = yes", "smtpd_sasl_type = dovecot",
        "smtpd_sasl_path = private/auth", "smtpd_tls_auth_only = yes", "smtpd_tls_received_header = yes",
        "smtpd_recipient_restrictions = permit_sasl_authenticated, reject", "mynetworks =")))
    hop.start()
    dovecot = Dovecot(t, hop)
    try:
        i = t.instance("\n".join((
            "relayhost = [localhost]:%d" % hop.port(), "virtual_mailbox_domains =", "smtp_host_lookup = native",
            "smtp_tls_security_level = secure", "smtp_tls_CAfile = %s/ca.pem" % hop.certs(), "smtp_tls_loglevel = 1",
            "smtp_tls_secure_cert_match = mail.example.test",
            "smtp_sasl_auth_enable = yes", "smtp_sasl_password_maps = inline:{ [localhost]:%d=alice:secret }" % hop.port(),
            "smtp_sasl_security_options = noanonymous")))
        i.send("s@client.test", "alice@example.test", "Subject: hop\n\nthrough\n")
        hop.wait_delivered("alice")
        text = hop.maildir("alice")[0]
        t.match(r"(?m)^Subject: hop", text)
        t.match(r"with ESMTPSA id", text)
        t.match(r"using TLSv1\.[23] with cipher", text)
        i.wait_log(r"Verified TLS connection established to localhost\[127\.0\.0\.1\]:\d+: TLSv1\.")
        i.wait_log(r"relay=localhost\[127\.0\.0\.1\]:\d+, .*status=sent \(250 2\.0\.0 Ok: queued as \w+\)")
        t.match(r"sasl_method=\S+, sasl_username=alice", hop.log())
    finally:
        dovecot.stop()


def test_postfix_wrong_password_defers(t):
    t.need("SMTPD", "SMTP", "SMTP_SASL", "TLS")
    hop = next_hop(t, "\n".join((
        "smtpd_sasl_auth_enable = yes", "smtpd_sasl_type = dovecot", "smtpd_sasl_path = private/auth")))
    hop.start()
    dovecot = Dovecot(t, hop)
    try:
        i = t.instance("\n".join((
            "relayhost = [127.0.0.1]:%d" % hop.port(), "virtual_mailbox_domains =",
            "smtp_sasl_auth_enable = yes", "smtp_sasl_password_maps = inline:{ [127.0.0.1]:%d=alice:wrong }" % hop.port(),
            "smtp_sasl_security_options = noanonymous")))
        i.send("s@client.test", "alice@example.test")
        i.wait_log(r"status=deferred \(SASL authentication failed; server 127\.0\.0\.1\[127\.0\.0\.1\] said: 535 5\.7\.8")
        i.wait_queue("deferred", 1)
        if "wrong" in i.log():
            t.fail("the password is in the log")
    finally:
        dovecot.stop()


def test_smtp_sink(t):
    t.need("SMTPD", "SMTP", "program:smtp-sink")
    sink = "/usr/sbin/smtp-sink"
    if not os.path.exists(sink):
        t.skip("needs Postfix's smtp-sink")
    i = t.instance("relayhost = [127.0.0.1]:$port_hop\nsmtp_connection_cache_on_demand = yes")
    dump = os.path.join(i.dir, "dump")
    os.mkdir(dump)
    os.chmod(dump, 0o777)
    command = [sink, "-d", dump + "/%Y", "127.0.0.1:%d" % i.port("hop"), "100"]
    if os.geteuid() == 0:
        command[1:1] = ["-u", t.env.local.pw_name]
    p = subprocess.Popen(command)
    try:
        time.sleep(0.3)
        c = i.connect()
        c.hello()
        for n in range(20):
            c.message("a%d@client.test" % n, ["r%d@away.test" % n], "Subject: %d\n\nx\n" % n)
        c.line("QUIT")
        c.expect("221")
        wait_until("20 messages at smtp-sink", lambda: len(os.listdir(dump)) == 20)
        i.wait_queue("all", 0)
    finally:
        p.terminate()
        p.wait(5)
