# test_schedule.py - the queue manager's limits: how many at once, how many together, how soon, in which order
# SPDX-License-Identifier: ISC
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_queue import pids, wait  # noqa: E402

# Notes "+ TIME RECIPIENT..." and "- TIME RECIPIENT..."; while the file "closed" is there, a delivery to x...@ waits.
AGENT = """\
echo "+ $(date +%s.%N) $*" >> $dir/out/log
case "$1" in
x*) while test -e $dir/out/closed; do sleep 0.1; done ;;
esac
sleep $pause
echo "- $(date +%s.%N) $*" >> $dir/out/log
"""

NEWS_FD = 4  # of every service: what is new for the queue manager


def system(t, conf, maxproc="-", pause="0"):
    """Everything for .test goes to a pipe that takes its time; the transport is named slow."""
    t.need("PIPE", "root")
    i = t.instance("transport_maps = inline:{ { .test = slow: } }\n"
                   "relay_domains = a.test, b.test\nlocal_header_rewrite_clients =\nnotify_classes =\n" + conf, start=False,
                   master=["slow unix - n n - %s pipe user=$nobody argv=/bin/sh $dir/agent ${recipient}" % maxproc])
    i.file("agent", AGENT.replace("$pause", pause))
    os.mkdir(os.path.join(i.dir, "out"))
    os.chmod(os.path.join(i.dir, "out"), 0o777)
    i.start()
    return i


def gate(i, closed):
    path = os.path.join(i.dir, "out", "closed")
    if closed:
        open(path, "w").close()
    else:
        os.unlink(path)


def log(i):
    try:
        with open(os.path.join(i.dir, "out", "log")) as f:
            return [line.split() for line in f]
    except OSError:
        return []


def starts(i):
    return [words[2:] for words in log(i) if words[0] == "+"]


def times(i):
    return [float(words[1]) for words in log(i) if words[0] == "+"]


def most_at_once(i):
    most = now = 0
    for words in log(i):
        now += 1 if words[0] == "+" else -1
        most = max(most, now)
    return most


def names(n, first="u", domain="a.test"):
    return ["%s%02d@%s" % (first, k, domain) for k in range(n)]


def finished(t, i, n):
    wait(t, "%d deliveries" % n, lambda: sum(len(w) - 2 for w in log(i) if w[0] == "-") >= n, 40)


def active(i, sender):
    i.wait_log(r"from=<%s>, .*queue active" % sender)


def overlap(t, conf, n=4):
    i = system(t, conf, pause="1")
    for addr in names(n):
        i.send("s@client.test", addr)
    finished(t, i, n)
    return most_at_once(i)


def test_concurrency_limit_of_a_transport(t):
    t.equal(overlap(t, "slow_destination_concurrency_limit = 1"), 1)


def test_concurrency_limit_of_all_transports(t):
    t.equal(overlap(t, "default_destination_concurrency_limit = 2", 6), 2)


def test_initial_concurrency_grows_by_feedback(t):
    """From 1 by a tenth for each delivery: none of the first few has company."""
    t.equal(overlap(t, "slow_initial_destination_concurrency = 1\n"
                       "slow_destination_concurrency_positive_feedback = 0.1"), 1)


def test_process_limit(t):
    t.equal(overlap(t, "default_process_limit = 2", 5), 2)


def grouped(t, conf, n=5):
    i = system(t, conf)
    i.send("s@client.test", names(n))
    finished(t, i, n)
    return sorted(len(s) for s in starts(i))


def test_recipient_limit_of_a_transport(t):
    t.equal(grouped(t, "slow_destination_recipient_limit = 2"), [1, 2, 2])


def test_recipient_limit_of_all_transports(t):
    t.equal(grouped(t, "default_destination_recipient_limit = 3"), [2, 3])


def gaps(t, conf, addrs):
    i = system(t, conf)
    for addr in addrs:
        i.send("s@client.test", addr)
    finished(t, i, len(addrs))
    at = sorted(times(i))
    return min(b - a for a, b in zip(at, at[1:]))


def rests(t, conf, addrs):
    least = gaps(t, conf, addrs)
    if least < 0.9:
        t.fail("deliveries after %.2f s" % least)


def test_rate_delay_of_a_destination(t):
    rests(t, "slow_destination_rate_delay = 1s", names(3))


def test_rate_delay_of_all_transports(t):
    rests(t, "default_transport_rate_delay = 1s", ["u@a.test", "u@b.test", "v@a.test"])


def test_rate_delay_of_a_transport(t):
    rests(t, "slow_transport_rate_delay = 1s", ["u@a.test", "u@b.test", "v@a.test"])


def place_of_small(t, conf):
    """A message of one recipient comes while one of 20 is being delivered, one at a time: which place does it get?"""
    i = system(t, "slow_destination_recipient_limit = 1\nslow_destination_concurrency_limit = 1\n" + conf, maxproc="1")
    gate(i, True)
    i.send("bulk@client.test", names(20, "x"))
    wait(t, "the first", lambda: starts(i))
    i.send("small@client.test", "y@b.test")
    active(i, "small@client.test")
    gate(i, False)
    finished(t, i, 21)
    return [s[0] for s in starts(i)].index("y@b.test")


def test_small_mail_borrows_a_slot(t):
    if place_of_small(t, "") > 3:
        t.fail("it had to wait")


def test_small_mail_waits_for_an_earned_slot(t):
    """Five recipients of the other must have gone."""
    place = place_of_small(t, "default_delivery_slot_loan = 0\ndefault_delivery_slot_discount = 0")
    if not 4 < place < 9:
        t.fail("it was number %d" % place)


def test_small_mail_waits_for_an_earned_slot_of_the_transport(t):
    place = place_of_small(t, "slow_delivery_slot_cost = 10\nslow_delivery_slot_loan = 0\n"
                              "slow_delivery_slot_discount = 0\nslow_minimum_delivery_slots = 1")
    if not 9 < place < 14:
        t.fail("it was number %d" % place)


def test_a_discount_makes_slots_cheaper(t):
    t.need("postlet")
    place = place_of_small(t, "slow_delivery_slot_cost = 10\nslow_delivery_slot_loan = 0\n"
                              "slow_delivery_slot_discount = 80\nslow_minimum_delivery_slots = 1")
    if not 1 < place < 6:
        t.fail("it was number %d" % place)


def test_without_slots_nobody_overtakes(t):
    t.equal(place_of_small(t, "default_delivery_slot_cost = 0"), 20)


def test_too_few_slots_are_no_reason_to_wait(t):
    """20 recipients are no bulk when that takes 50."""
    t.equal(place_of_small(t, "default_minimum_delivery_slots = 10"), 20)


def test_minimum_slots_of_a_transport(t):
    t.equal(place_of_small(t, "slow_minimum_delivery_slots = 10"), 20)


def in_memory(t, conf):
    """Of a large message 4 recipients are in memory at once, of another 3 more."""
    i = system(t, "qmgr_message_recipient_minimum = 1\n" + conf)
    gate(i, True)
    i.send("bulk@client.test", names(20, "x"))
    wait(t, "the first", lambda: starts(i))
    i.send("small@client.test", names(9, "y"))
    finished(t, i, 9)
    gate(i, False)
    finished(t, i, 29)
    sizes = {}
    for s in starts(i):
        sizes.setdefault(s[0][0], set()).add(len(s))
    t.equal(max(sizes["x"]), 4)
    t.equal(max(sizes["y"]), 3)


def test_recipients_in_memory(t):
    t.need("postlet")
    in_memory(t, "default_recipient_limit = 4\ndefault_extra_recipient_limit = 3")


def test_recipients_in_memory_of_a_transport(t):
    t.need("postlet")
    in_memory(t, "slow_recipient_limit = 4\nslow_extra_recipient_limit = 3")


def refilled(t, conf, seconds):
    """The first recipient is stuck, and memory has room for 4: how many get through?"""
    i = system(t, "slow_recipient_limit = 4\nqmgr_message_recipient_minimum = 1\nslow_destination_recipient_limit = 1\n"
                  + conf)
    gate(i, True)
    i.send("s@client.test", ["x@a.test"] + names(20))
    i.wait_log(r"queue active")
    try:
        wait(t, "more recipients", lambda: len(starts(i)) >= 21, seconds)
    except Exception:
        pass
    got = len(starts(i))
    gate(i, False)
    finished(t, i, 21)
    return got


def test_memory_is_refilled_one_by_one(t):
    t.equal(refilled(t, "slow_recipient_refill_limit = 1", 20), 21)


def test_memory_is_refilled_one_by_one_everywhere(t):
    t.equal(refilled(t, "default_recipient_refill_limit = 1", 20), 21)


def test_memory_is_not_refilled_before_its_time(t):
    t.need("postlet")
    t.equal(refilled(t, "default_recipient_refill_delay = 1000s", 3), 4)


def test_memory_of_a_transport_is_not_refilled_before_its_time(t):
    t.need("postlet")
    t.equal(refilled(t, "slow_recipient_refill_delay = 1000s", 3), 4)


def blocked_virtual(t, conf):
    """alice's mailbox is locked by somebody else; how many processes try to deliver to her?"""
    t.need("VIRTUAL", "root")
    i = t.instance("virtual_mailbox_maps = inline:{ alice@example.test=alice.mbox, bob@example.test=bob.mbox }\n"
                   "virtual_mailbox_lock = dotlock\n" + conf)
    open(os.path.join(i.dir, "mail", "alice.mbox.lock"), "w").close()
    return i


def agents(i, program):
    """Its processes, without their children."""
    found = pids(i, program)
    parents = {}
    for pid in found:
        with open("/proc/%d/stat" % pid) as f:
            parents[pid] = int(f.read().rpartition(")")[2].split()[1])
    return [pid for pid in found if parents[pid] not in found]


def test_virtual_concurrency_limit(t):
    i = blocked_virtual(t, "virtual_destination_concurrency_limit = 1")
    for _ in range(3):
        i.send("s@client.test", "alice@example.test")
    wait(t, "virtual", lambda: pids(i, "virtual"))
    i.wait_log(r"(?s)(queue active.*){3}")
    t.equal(len(agents(i, "virtual")), 1)


def test_virtual_recipient_limit(t):
    """bob does not wait for alice."""
    i = blocked_virtual(t, "virtual_destination_recipient_limit = 1")
    i.send("s@client.test", ["alice@example.test", "bob@example.test"])
    i.wait_log(r"to=<bob@example.test>.*status=sent")


def sink_got(t, conf, wanted, rules=""):
    i = t.instance("default_transport = lmtp:$sink\nrelay_transport = relay:$sink\nsmtp_tls_security_level =\n"
                   "relay_domains = a.test\n" + conf, start=False)
    sink = i.add_sink("sink", rules)
    i.start()
    return i, sink


def test_relay_recipient_limit(t):
    i, sink = sink_got(t, "relay_destination_recipient_limit = 2", 2)
    i.send("s@client.test", names(3))
    wait(t, "both", lambda: len(sink.messages) == 2)
    t.equal(sorted(len(m["to"]) for m in sink.messages), [1, 2])


def sink_connections(t, conf, domain, rules):
    i, sink = sink_got(t, conf + "\nsmtp_connection_cache_on_demand = no\nlmtp_connection_cache_on_demand = no", 3,
                       rules + "delay EOM 1\n")
    most = 0
    for addr in names(3, domain=domain):
        i.send("s@client.test", addr)

    def watch():
        nonlocal most
        most = max(most, len(sink.open_sockets))
        return len(sink.messages) == 3
    wait(t, "the next hop", watch)
    return most


def test_relay_concurrency_limit(t):
    t.equal(sink_connections(t, "relay_destination_concurrency_limit = 1", "a.test", ""), 1)


def test_lmtp_concurrency_limit(t):
    t.need("LMTP")
    t.equal(sink_connections(t, "lmtp_destination_concurrency_limit = 1", "c.test", "lmtp\n"), 1)


def test_local_recipient_limit(t):
    """Two aliases of one user in one delivery: one process has both."""
    t.need("LOCAL", "root")
    i = t.instance("local_destination_recipient_limit = 2\nmaximal_queue_lifetime = 1d",
                   files={"aliases": "one :include:/nonexistent\ntwo :include:/nonexistent\n"})
    i.send("s@client.test", ["one@mail.example.test", "two@mail.example.test"])
    i.wait_log(r"(?s)(status=(bounced|deferred).*){2}")
    t.equal(len(set(re.findall(r"local\[(\d+)\].*status=[bd]", i.log()))), 1)


def dead_after(t, conf):
    """How many messages a next hop must refuse until it is left alone."""
    i = t.instance("relayhost = $sink\nsmtp_destination_concurrency_limit = 1\n" + conf, start=False)
    sink = i.add_sink("sink", "CONNECT: 421 not now\ndelay CONNECT 1\n")
    i.start()
    for n in range(5):
        i.send("s%d@client.test" % n, "u@far.test")
    i.wait_log(r"(?s)(to=<u@far.test>.*){5}")
    sink.stop()
    return sum("delivery temporarily suspended" not in line for line in i.log().splitlines() if "to=<u@far.test>" in line)


def test_one_failure_is_enough(t):
    t.equal(dead_after(t, ""), 1)


def test_failed_cohorts(t):
    t.equal(dead_after(t, "smtp_destination_concurrency_failed_cohort_limit = 3"), 3)


def test_negative_feedback(t):
    """At first five at once; a failure costs a fifth of one, so it takes many until it is four."""
    t.need("postlet")
    i = t.instance("relayhost = $sink\nsmtp_destination_concurrency_negative_feedback = 1/concurrency\n"
                   "smtp_destination_concurrency_failed_cohort_limit = 0\n"
                   "destination_concurrency_feedback_debug = yes\n", start=False)
    i.add_sink("sink", "CONNECT: 421 not now\n")
    i.start()
    for n in range(2):
        i.send("s%d@client.test" % n, "u@far.test")
    i.wait_log(r"failure, concurrency 5 to 4, .* failure 800000,")
    i.wait_log(r"failure, concurrency 4 to 4, .* failure 550000,")


def test_watchdog(t):
    """A queue manager that stands still is replaced."""
    t.need("postlet")
    i = system(t, "qmgr_daemon_timeout = 2s", pause="8")
    i.send("s@client.test", "u@a.test")
    wait(t, "the delivery", lambda: starts(i))
    pid = pids(i, "qmgr")[0]
    os.kill(pid, signal.SIGSTOP)
    wait(t, "the alarm", lambda: "SigPnd" in open("/proc/%d/status" % pid).read() and
         re.search(r"ShdPnd:\s*\w*2000\b", open("/proc/%d/status" % pid).read()))
    os.kill(pid, signal.SIGCONT)
    i.wait_log(r"qmgr\[%d\]: error: watchdog timeout" % pid)
    finished(t, i, 1)
    i.wait_queue("all", 0, 40)


def test_agent_does_not_take_its_request(t):
    t.need("postlet")
    i = system(t, "qmgr_ipc_timeout = 1s\nslow_destination_recipient_limit = 1000\ntransport_retry_time = 5s\n"
                  "smtpd_recipient_limit = 2000\nminimal_backoff_time = 5s\nqueue_run_delay = 5s\n")
    i.send("s@client.test", "u@a.test")
    finished(t, i, 1)
    pid = pids(i, "pipe")[0]
    os.kill(pid, signal.SIGSTOP)
    i.send("s@client.test", ["u%04d%s@%s.a.test" % (n, "x" * 50, ".".join(["y" * 60] * 3)) for n in range(1000)])
    i.wait_log(r"warning: transport slow: the delivery agent does not take its request")
    os.kill(pid, signal.SIGKILL)


def accept_time(i):
    began = time.monotonic()
    i.send("s@client.test", "alice@example.test")
    return time.monotonic() - began


def test_in_flow_delay(t):
    """When the queue manager does not even read what is new, those who accept mail wait a little for it."""
    t.need("postlet", "root")
    i = t.instance("in_flow_delay = 4s\nsmtpd_timeout = 60s")
    i.send("s@client.test", "alice@example.test")
    i.wait_delivered("alice")
    qmgr = pids(i, "qmgr")[0]
    os.kill(qmgr, signal.SIGSTOP)
    news = os.open("/proc/%d/fd/%d" % (pids(i, "smtpd")[0], NEWS_FD), os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(news, b"W".ljust(64, b"\0"))
    except BlockingIOError:
        pass
    os.close(news)
    if accept_time(i) < 3.9:
        t.fail("nobody waited")
    os.kill(qmgr, signal.SIGCONT)
    i.wait_delivered("alice", 2)
