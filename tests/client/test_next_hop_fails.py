# test_next_hop_fails.py - a next hop that dies, falls silent or talks nonsense at each step: mail waits, then arrives
# SPDX-License-Identifier: ISC
import re

from lib.instance import wait_until

STEPS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "EOM", "STARTTLS")
NONSENSE = {
    "noise": "\udcfe\udcff\udc80 not a reply",
    "empty": "",
    "number": "7",
    "unknown": "999 what",
    "long": "x" * 70000,
    "endless": "250-more\n" * 3000 + "250-",
    "positive": "354 yes, go on",  # the wrong kind of yes
}
CONF = """
smtp_connect_timeout = 2s
smtp_helo_timeout = 2s
smtp_mail_timeout = 2s
smtp_rcpt_timeout = 2s
smtp_data_init_timeout = 2s
smtp_data_xfer_timeout = 2s
smtp_data_done_timeout = 2s
smtp_starttls_timeout = 2s
smtp_tls_security_level = may
smtp_quit_timeout = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
max_idle = 10s
notify_classes =
"""



def run(t, rules, may_repeat):
    """rules: {name: rules of a next hop}. Each gets one message; all is put right later."""
    t.need("SMTP", "postlet")
    i = t.instance(CONF, start=False)
    for name, rule in rules.items():
        i.add_sink(name.replace("-", "_"), rule)
    i.conf("transport_maps = inline:{%s}" % ", ".join(
        "%s.test=smtp:%s" % (name, i.the_sink(name.replace("-", "_")).address) for name in rules))
    i.start()
    for name in rules:
        status, out = i.run("sendmail -i -f alice@example.test x@%s.test" % name,
                            stdin="Subject: for %s\n\nthe text\n.\nthe end\n" % name)
        t.equal((status, out), (0, ""))
    for name in rules:  # each was tried, and nothing final came of it
        wait_until("an attempt for " + name, lambda n=name: re.search("to=<x@%s.test>, .*status=" % n, i.log()), 40)
    first = {name: re.search(r"to=<x@%s.test>.*?status=(\w+)" % name, i.log()).group(1) for name in rules}
    t.equal({n: s for n, s in first.items() if s not in ("deferred", "sent")}, {})
    for sink in i.sinks.values():
        with sink.lock:
            sink.drops.clear()
            sink.delays.clear()
            del sink.replies[:]
            sink.starttls = None
    i.run("postqueue -f")
    i.wait_queue("all", 0, 40)
    for name in rules:
        sink = i.the_sink(name.replace("-", "_"))
        texts = [m["data"].decode().replace("\r\n", "\n") for m in sink.messages]
        for text in texts:
            t.match("(?s).*Subject: for %s\n.*\n\nthe text\n.\nthe end\n$" % name, text)
        if not texts or (len(texts) > 1 and name not in may_repeat):
            t.fail("%s: %d copies" % (name, len(texts)))
    t.equal(i.maildir("alice"), [])


def test_it_hangs_up(t):
    rules = {"%s-dies" % s.lower(): "drop " + s for s in STEPS}
    rules["starttls-dies"] += "\nstarttls server"
    run(t, rules, ["eom-dies"])


def test_it_never_answers(t):
    rules = {"%s-silent" % s.lower(): "delay %s 8" % s for s in STEPS}
    rules["starttls-silent"] += "\nstarttls server"
    run(t, rules, ["eom-silent"])


def test_it_talks_nonsense(t):
    rules = {}
    for s in STEPS[:-1]:
        for kind, reply in NONSENSE.items():
            if kind != "positive" or s in ("CONNECT", "EHLO"):  # later it returns the mail, as in Postfix
                rules["%s-%s" % (s.lower(), kind)] = "%s: %s" % (s, reply.replace("\n", "\\n"))
    run(t, rules, ["eom-endless"])  # it begins with a yes


test_it_talks_nonsense.timeout = 200
