# test_filters.py - content filters that nobody here wrote: spampd in front of the queue and behind it, with re-injection
# SPDX-License-Identifier: ISC
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from peer import Peer  # noqa: E402

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
# Where the filter brings mail back, as FILTER_README has it.
REINJECT = "127.0.0.1:$port_back inet n - n - - smtpd -o content_filter= -o smtpd_proxy_filter= -o smtpd_milters= " \
    "-o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters " \
    "-o smtpd_authorized_xforward_hosts=127.0.0.0/8 -o mynetworks=127.0.0.0/8"
LETTER = "From: a@client.test\nTo: %s\nSubject: %s\n\n%s\n"


def spampd(t, i):
    t.need("program:spampd", "root")
    i.file("spampd.cf", "report_safe 1\nrewrite_header Subject [SPAM]\nuse_bayes 0\nskip_rbl_checks 1\ndns_available no\n"
           "body OUR_GTUBE /XJS\\*C4JDBQADN1\\.NSBN3\\*2IDNEN\\*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\\*C\\.34X/\n"
           "score OUR_GTUBE 1000\n")
    os.makedirs(i.dir + "/spampd", exist_ok=True)
    os.chmod(i.dir + "/spampd", 0o777)
    return Peer(t, i, "spampd", ["spampd", "--host=127.0.0.1:%d" % i.port("filter"), "--nodetach", "--children=2",
                                 "--relayhost=127.0.0.1:%d" % i.port("back"), "--local-only", "--tagall",
                                 "--logsock=inet", "--saconfig=%s/spampd.cf" % i.dir,
                                 "--pid=%s/spampd/pid" % i.dir, "--user=nobody", "--group=nogroup"],
                i.port("filter"), patience=60)


def through_the_filter(t, i):
    i.send("a@client.test", ["bob@example.test", "dave@example.test"], LETTER % ("bob@example.test", "ham", "hello"))
    for user in ("bob", "dave"):
        text = i.wait_delivered(user, timeout=40)[0]
        t.match("^X-Spam-Status: No", text)
        t.match("^hello$", text)
    i.send("a@client.test", "carol@example.test", LETTER % ("carol@example.test", "offer", GTUBE))
    text = i.wait_delivered("carol", timeout=40)[0]
    t.match(r"^Subject: \[SPAM\] offer", text)
    t.match("^Content-Type: multipart/mixed", text)
    i.wait_queue("all", 0)


def test_spampd_in_front_of_the_queue(t):
    t.need("SMTPD", "SMTPD_PROXY")
    for options in ("", "smtpd_proxy_options = speed_adjust\n"):
        i = t.instance("smtpd_peername_lookup = no\nsmtpd_proxy_filter = 127.0.0.1:$port_filter\n" + options,
                       master=[REINJECT], start=False)
        i.port("back")
        peer = spampd(t, i)
        i.start()
        through_the_filter(t, i)
        t.match("proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as", i.log())
        peer.stop()
        c = i.connect()
        c.hello()
        if not options:
            for line, expected in (("MAIL FROM:<a@client.test>", "250"), ("RCPT TO:<bob@example.test>", "451 4.3.0")):
                c.line(line)
                c.expect(expected)
        i.stop()


test_spampd_in_front_of_the_queue.timeout = 240


def test_spampd_behind_the_queue(t):
    t.need("SMTPD", "SMTP")
    i = t.instance("smtpd_peername_lookup = no\ncontent_filter = scan:[127.0.0.1]:$port_filter\n",
                   master=[REINJECT, "scan unix - - n - 2 smtp -o smtp_send_xforward_command=yes "
                                     "-o disable_mime_output_conversion=yes"],
                   start=False)
    i.port("back")
    spampd(t, i)
    i.start()
    through_the_filter(t, i)
    t.match(r"relay=127\.0\.0\.1\[127\.0\.0\.1\]:\d+, .*status=sent \(250 2\.0\.0 Ok: queued as", i.log())
    status, out = i.run("sendmail -f a@client.test bob@example.test", LETTER % ("bob@example.test", "two", "more"))
    t.equal((status, out), (0, ""))
    t.match("^X-Spam-Status: No", i.wait_delivered("bob", 2, timeout=40)[1])


test_spampd_behind_the_queue.timeout = 180
