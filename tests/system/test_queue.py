# test_queue.py - the queue manager under load, with dying processes, slow and dead next hops
# SPDX-License-Identifier: ISC
import os
import re
import signal
import time

RELAY = "relayhost = $sink\nsmtp_tls_security_level =\nnotify_classes =\n"


def pids(i, program):
    """Processes of this instance running one program."""
    found = []
    for p in os.listdir("/proc"):
        if not p.isdigit():
            continue
        try:
            with open("/proc/%s/cmdline" % p, "rb") as f:
                argv = f.read().split(b"\0")
            cwd = os.readlink("/proc/%s/cwd" % p)
            root = os.readlink("/proc/%s/root" % p)
        except OSError:
            continue
        if os.path.basename(argv[0]).decode() == program and os.path.join(i.dir, "queue") in (cwd, root):
            found.append(int(p))
    return found


def relay(t, conf, rules=""):
    """An instance whose next hop answers by these rules."""
    i = t.instance(conf, start=False)
    i.add_sink("sink", rules)
    i.start()
    return i, i.the_sink()


def submit(i, sender, *rcpts):
    status, out = i.run("sendmail -f %s %s" % (sender, " ".join(rcpts)), stdin="Subject: x\n\nbody\n")
    if status != 0:
        raise AssertionError(out)


def wait(t, what, condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            t.fail("waited for " + what)
        time.sleep(0.05)


def check(t, fine, otherwise):
    if not fine:
        t.fail(otherwise)


def counts(sink):
    got = {}
    for m in sink.messages:
        for r in m["to"]:
            addr = r.split(">")[0].lstrip("<")
            got[addr] = got.get(addr, 0) + 1
    return got


def test_queue_manager_dies_while_delivering(t):
    """An agent that is at work keeps the message locked: no second copy, nothing lost."""
    t.need("SMTP")
    i, sink = relay(t, RELAY, "delay EOM 3")
    submit(i, "alice@example.test", "one@far.test")
    wait(t, "the delivery to begin", lambda: any("DATA" in line for line in sink.lines))
    for p in pids(i, "qmgr"):
        os.kill(p, signal.SIGKILL)
    submit(i, "alice@example.test", "two@far.test")
    wait(t, "both", lambda: len(counts(sink)) == 2)
    i.wait_queue("all", 0, timeout=40)
    t.equal(sorted(counts(sink).items()), [("one@far.test", 1), ("two@far.test", 1)])


test_queue_manager_dies_while_delivering.timeout = 120


def test_agent_dies_before_the_end(t):
    """Recipients that a dead agent did not mark are tried again, marked ones are not."""
    t.need("SMTP")
    i, sink = relay(t, RELAY, "delay EOM 2")
    submit(i, "alice@example.test", "one@far.test")
    wait(t, "the delivery to begin", lambda: any("DATA" in line for line in sink.lines))
    for p in pids(i, "smtp"):
        os.kill(p, signal.SIGKILL)
    wait(t, "the message", lambda: counts(sink))
    i.wait_queue("all", 0, timeout=40)


test_agent_dies_before_the_end.timeout = 120


def test_dead_destination_is_left_alone(t):
    """A destination whose connections fail is declared dead: what waits for it is deferred without an attempt."""
    t.need("SMTP")
    i = t.instance("relayhost = [127.0.0.1]:$port_closed\nsmtp_tls_security_level =\n"
                   "default_destination_concurrency_failed_cohort_limit = 1\ninitial_destination_concurrency = 1\n")
    for n in range(6):
        submit(i, "alice@example.test", "r%d@far.test" % n)
    i.wait_queue("deferred", 6)
    t.match(r"status=deferred \(connect to 127.0.0.1\[127.0.0.1\]:\d+: Connection refused\)", i.log())
    t.match(r"error\[\d+\]: \w+: to=<r\d@far.test>, relay=none, .*dsn=4.4.1, status=deferred "
            r"\(delivery temporarily suspended: connect to", i.log())


def test_concurrency_limit(t):
    """smtp_destination_concurrency_limit bounds parallel sessions to one place."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "smtp_destination_concurrency_limit = 2\n", "delay EOM 0.3")
    peak = [0]
    for n in range(10):
        submit(i, "alice@example.test", "r%d@far.test" % n)

    def done():
        peak[0] = max(peak[0], len(sink.open_sockets))
        return len(sink.messages) == 10
    wait(t, "ten messages", done)
    t.equal(peak[0], 2)
    i.wait_queue("all", 0)


def test_recipient_limit(t):
    """smtp_destination_recipient_limit splits a message into several transactions."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "smtp_destination_recipient_limit = 3\n")
    submit(i, "alice@example.test", *["r%d@far.test" % n for n in range(8)])
    i.wait_queue("all", 0)
    t.equal(sorted(len(m["to"]) for m in sink.messages), [2, 3, 3])
    t.equal(len(counts(sink)), 8)


def test_rate_delay(t):
    """default_destination_rate_delay: one delivery to a destination, then a pause."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "default_destination_rate_delay = 1s\n")
    began = time.monotonic()
    for n in range(3):
        submit(i, "alice@example.test", "r%d@far.test" % n)
    wait(t, "three messages", lambda: len(sink.messages) == 3)
    check(t, time.monotonic() - began >= 2, "three messages in %.1f s" % (time.monotonic() - began))


def test_transport_rate_delay(t):
    """default_transport_rate_delay: one delivery of the transport at a time, whatever the destination."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "smtp_transport_rate_delay = 1s\n")
    began = time.monotonic()
    for n in range(3):
        submit(i, "alice@example.test", "r@far%d.test" % n)
    wait(t, "three messages", lambda: len(sink.messages) == 3)
    check(t, time.monotonic() - began >= 2, "three messages in %.1f s" % (time.monotonic() - began))


def test_bulk_does_not_starve_others(t):
    """A message with many recipients lets a small one that comes later go ahead of its rest."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "smtp_destination_recipient_limit = 2\nsmtp_destination_concurrency_limit = 1\n"
                   "initial_destination_concurrency = 1\nrelayhost =\ntransport_maps = static:smtp:$sink\n", "delay EOM 0.05")
    submit(i, "alice@example.test", *["r%d@far.test" % n for n in range(60)])
    wait(t, "the bulk message to begin", lambda: len(sink.messages) > 2)
    submit(i, "bob@example.test", "small@far.test")
    wait(t, "the small one", lambda: "small@far.test" in counts(sink))
    check(t, len(sink.messages) < 40, "the small message came after %d others" % len(sink.messages))
    i.wait_queue("all", 0, timeout=40)
    t.equal(len(counts(sink)), 61)


def test_slot_cost_zero_keeps_the_order(t):
    """smtp_delivery_slot_cost = 0: nothing overtakes."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "smtp_delivery_slot_cost = 0\nsmtp_destination_recipient_limit = 2\n"
                   "smtp_destination_concurrency_limit = 1\n", "delay EOM 0.02")
    submit(i, "alice@example.test", *["r%d@far.test" % n for n in range(30)])
    i.wait_queue("all", 0, timeout=40)
    t.equal(len(counts(sink)), 30)


def test_thousand_recipients_in_pages(t):
    """qmgr_message_recipient_limit: recipients are read page by page, each delivered once."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "qmgr_message_recipient_limit = 70\nqmgr_message_recipient_minimum = 20\n")
    rcpts = ["r%d@far.test" % n for n in range(1000)]
    submit(i, "alice@example.test", *rcpts)
    i.wait_queue("all", 0, timeout=40)
    got = counts(sink)
    t.equal(len(got), 1000)
    t.equal(max(got.values()), 1)
    check(t, all(len(m["to"]) <= 50 for m in sink.messages), "at most 50 recipients each")


def test_active_limit(t):
    """qmgr_message_active_limit: more messages than that wait their turn, and all are delivered."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "qmgr_message_active_limit = 3\n", "delay EOM 0.1")
    for n in range(12):
        submit(i, "alice@example.test", "r%d@far%d.test" % (n, n))
    i.wait_queue("all", 0, timeout=40)
    t.equal(len(counts(sink)), 12)


def test_mixed_outcomes(t):
    """Delivered, refused and deferred recipients of one message each get their due, once."""
    t.need("SMTP", "VIRTUAL")
    i, sink = relay(t, RELAY + "queue_run_delay = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s\n", 
                    "RCPT /good/: 250 2.1.5 Ok\nRCPT /bad/: 550 5.1.1 no such user\nRCPT /later/: 450 4.2.0 later\n"
                  "RCPT /later/: 450 4.2.0 later\nRCPT /later/: 250 2.1.5 Ok")
    submit(i, "alice@example.test", "good@far.test", "bad@far.test", "later@far.test")
    i.wait_queue("all", 0, timeout=40)
    t.equal(sorted(counts(sink).items()), [("good@far.test", 1), ("later@far.test", 1)])
    notices = i.wait_delivered("alice")
    t.equal(len(notices), 1)
    t.match(r"(?m)^Remote-MTA: dns; 127.0.0.1$", notices[0])
    t.match(r"(?m)^Diagnostic-Code: smtp; 550 5.1.1 no such user$", notices[0])
    t.match(r"(?m)^<bad@far.test>: host 127.0.0.1\[127.0.0.1\] said: 550 5.1.1 no such user \(in", notices[0])


def test_no_write_at_a_failed_retry(t):
    """Only the first deferral writes to the queue file."""
    t.need("VIRTUAL")
    i = t.instance("transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }\n")
    submit(i, "alice@example.test", "x@slow.test")
    i.wait_queue("deferred", 1)
    path = [os.path.join(d, n[0]) for d, _, n in os.walk(os.path.join(i.dir, "queue/deferred")) if n][0]
    before = os.stat(path)
    for n in range(3):
        i.run("postqueue -f")
        i.wait_log(r"(?s)(status=deferred.*){%d}" % (n + 2))
    after = os.stat(path)
    t.equal((before.st_mtime_ns, before.st_ctime_ns, before.st_size), (after.st_mtime_ns, after.st_ctime_ns, after.st_size))


def test_idle_queue_manager_ends(t):
    """Nothing to do: master is alone after max_idle; new mail starts another."""
    t.need("VIRTUAL")
    i = t.instance("max_idle = 1s\n")
    submit(i, "bob@example.test", "alice@example.test")
    i.wait_delivered("alice")
    wait(t, "the queue manager to end", lambda: not pids(i, "qmgr"))
    submit(i, "bob@example.test", "alice@example.test")
    i.wait_delivered("alice", 2)


def test_flush_during_an_attempt(t):
    """The message is tried again at once, also when an agent has not let go of its file yet."""
    t.need("SMTP", "LOCAL")
    i, sink = relay(t, "minimal_backoff_time = 100s\nmailbox_size_limit = 0\nmail_spool_directory = $dir/mail\n"
                    "transport_maps = inline:{later.test=smtp:$sink}\nsmtp_tls_security_level =\n")
    began = time.monotonic()
    for n in range(8):
        sink.rule("RCPT: 450 4.2.0 later")
        status, out = i.run("sendmail -f bob@example.test x@later.test %s" % t.env.local.pw_name,
                            stdin="Subject: x\n\n%s" % ("a line of text\n" * 20000))
        t.equal((status, out), (0, ""))
        with sink.lock:
            del sink.replies[:]
        i.run("postqueue -f; sleep 0.01; postqueue -f; sleep 0.05; postqueue -f; sleep 0.1; postqueue -f")
        wait(t, "the message", lambda k=n: len(sink.messages) == k + 1)
        i.wait_queue("all", 0)
    check(t, time.monotonic() - began < 30, "some had to wait")


def test_many_deferred(t):
    """Two thousand deferred messages: listing, flush and memory stay small."""
    t.need("SMTP", "SMTPD")
    i = t.instance("transport_maps = inline:{ { slow.test = smtp:[127.0.0.1]:1 } }\n")
    for s in range(4):
        c = i.connect()
        c.hello()
        for n in range(500):
            c.line("MAIL FROM:<alice@example.test>\r\nRCPT TO:<r%d@slow.test>\r\nDATA" % n)
            for _ in range(3):
                c.reply()
            c.line("Subject: x\r\n\r\nbody\r\n.")
            c.reply()
        c.close()
    i.wait_queue("deferred", 2000, timeout=60)
    status, out = i.run("mailq | tail -1")
    t.match(r"-- \d+ Kbytes in 2000 Requests\.", out)
    i.run("postqueue -f")
    wait(t, "a second attempt at all", lambda: len(re.findall("status=deferred", i.log())) >= 4000, 60)
    q = pids(i, "qmgr")
    t.equal(len(q), 1)
    with open("/proc/%d/status" % q[0]) as f:
        rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
    check(t, rss < 8000, "queue manager uses %d kB" % rss)
    status, out = i.run("postsuper -d ALL")
    t.match("Deleted: 2000 messages", out)
    i.run("postqueue -f")
    i.wait_queue("all", 0)


test_many_deferred.timeout = 300


def test_transport_recipient_limit(t):
    """smtp_recipient_limit: recipients of a transport in memory; the rest follows, each delivered once."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "smtp_recipient_limit = 25\nsmtp_extra_recipient_limit = 5\n")
    submit(i, "alice@example.test", *["r%d@far.test" % n for n in range(200)])
    submit(i, "alice@example.test", "small@far.test")
    i.wait_queue("all", 0, timeout=40)
    got = counts(sink)
    t.equal(len(got), 201)
    t.equal(max(got.values()), 1)
    check(t, max(len(m["to"]) for m in sink.messages) <= 25, "too many recipients at once")


def test_clogged_warning(t):
    """qmgr_clog_warn_time: a destination that fills the active queue is named."""
    t.need("SMTP")
    i, sink = relay(t, RELAY + "qmgr_message_active_limit = 4\nqmgr_clog_warn_time = 1s\n"
                    "smtp_destination_concurrency_limit = 1\n", "delay EOM 0.3")
    for n in range(10):
        submit(i, "alice@example.test", "r%d@far.test" % n)
    i.wait_log(r"warning: mail for \[127.0.0.1\]:\d+ is using up \d of 4 active queue entries")
    i.wait_queue("all", 0, timeout=40)


def test_confirm_delay_cleared(t):
    """confirm_delay_cleared: who was told of a delay is told of its end."""
    t.need("SMTP", "VIRTUAL")
    i, sink = relay(t, RELAY + "confirm_delay_cleared = yes\ndelay_warning_time = 1s\nqueue_run_delay = 1s\n"
                    "minimal_backoff_time = 1s\nmaximal_backoff_time = 1s\n",
                    "RCPT: 450 4.2.0 later\nRCPT: 450 4.2.0 later\nRCPT: 450 4.2.0 later\nRCPT: 250 2.1.5 Ok")
    submit(i, "alice@example.test", "x@far.test")
    notices = i.wait_delivered("alice", 2)
    t.match(r"(?m)^Subject: Delayed Mail", notices[0])
    t.match(r"(?m)^Subject: Successful Mail Delivery Report", notices[1])
    i.wait_queue("all", 0)


def test_feedback_parameters(t):
    """Concurrency feedback: a failed cohort of three before a destination is dead; every step is logged on request."""
    t.need("SMTP")
    i = t.instance("relayhost = [127.0.0.1]:$port_closed\nsmtp_tls_security_level =\n"
                   "default_destination_concurrency_failed_cohort_limit = 3\ninitial_destination_concurrency = 1\n"
                   "default_destination_concurrency_negative_feedback = 1/concurrency\n"
                   "default_destination_concurrency_positive_feedback = 0.5\n"
                   "destination_concurrency_feedback_debug = yes\n")
    for n in range(4):
        submit(i, "alice@example.test", "r%d@far.test" % n)
    i.wait_queue("deferred", 4)
    t.equal(len(re.findall(r"smtp\[\d+\]: .*status=deferred \(connect to", i.log())), 3)
    t.equal(len(re.findall(r"error\[\d+\]: .*delivery temporarily suspended", i.log())), 1)
    i.wait_log(r"failure, concurrency 1 to 0, limit 20")
