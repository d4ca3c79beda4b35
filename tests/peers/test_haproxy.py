# test_haproxy.py - a real HAProxy in front of two instances, one of which is stopped while mail flows: nothing is lost
# SPDX-License-Identifier: ISC
import os
import smtplib
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from peer import Peer  # noqa: E402

CONF = "smtpd_upstream_proxy_protocol = haproxy\nsmtpd_peername_lookup = no\n"
CFG = """
global
  maxconn 100
defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch 1
listen smtp
  bind 127.0.0.1:%d
  balance roundrobin
  server one 127.0.0.1:%d send-proxy
  server two 127.0.0.1:%d send-proxy-v2
"""
CLIENTS, EACH = 4, 25


def flow(port, source, accepted, halfway):
    """Sends EACH messages; what is not accepted is sent again, as any client does."""
    for n in range(EACH):
        subject = "%s-%d" % (source, n)
        if n == EACH // 3:
            halfway.set()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=20, source_address=(source, 0), local_hostname="c.test") as s:
                    s.sendmail("a@client.test", ["alice@example.test"], "Subject: %s\n\nhello\n" % subject)
                accepted.append(subject)
                break
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)


def test_two_instances_one_stops(t):
    t.need("SMTPD", "SMTPD_HAPROXY", "program:haproxy")
    one, two = t.instance(CONF), t.instance(CONF)
    port = one.port("proxy")
    cfg = one.file("haproxy.cfg", CFG % (port, one.port(), two.port()))
    Peer(t, one, "haproxy", ["haproxy", "-db", "-f", cfg], port)
    accepted, halfway = [], threading.Event()
    clients = [threading.Thread(target=flow, args=(port, "127.0.0.%d" % (20 + n), accepted, halfway)) for n in range(CLIENTS)]
    for c in clients:
        c.start()
    halfway.wait(30)
    one.stop("stop")
    for c in clients:
        c.join()
    t.equal(len(accepted), CLIENTS * EACH)
    t.match(r"connect from unknown\[127\.0\.0\.2[0-3]\]", one.log())
    t.match(r"connect from unknown\[127\.0\.0\.2[0-3]\]", two.log())
    one.start()
    until = time.monotonic() + 20
    found = []
    while time.monotonic() < until and not set(accepted) <= set(found):
        found = [m["subject"] for i in (one, two) for m in i.mail("alice")]
        time.sleep(0.1)
    missing = set(accepted) - set(found)
    if missing:
        t.fail("lost: %s" % sorted(missing))
    for i in (one, two):
        t.equal(i.queue("all"), [])


test_two_instances_one_stops.timeout = 150
