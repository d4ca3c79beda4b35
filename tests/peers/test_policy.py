# test_policy.py - policy servers that nobody here wrote: postgrey and policyd-spf
# SPDX-License-Identifier: ISC
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from peer import Peer, public_dns  # noqa: E402

CONF = "smtpd_peername_lookup = no\nsmtpd_authorized_xclient_hosts = 127.0.0.1\nsmtpd_error_sleep_time = 0\n"


def session(i, address="192.0.2.77"):
    c = i.connect()
    c.hello()
    say(c, "XCLIENT ADDR=%s NAME=client.test" % address, "220")
    say(c, "EHLO client.test", "250")
    return c


def say(c, line, expected):
    c.line(line)
    c.expect(expected)


def test_postgrey_delays_strangers(t):
    t.need("SMTPD", "program:postgrey", "root")
    i = t.instance(CONF + "smtpd_recipient_restrictions = reject_unauth_destination, "
                   "check_policy_service inet:127.0.0.1:$port_grey\n", start=False)
    os.makedirs(i.dir + "/grey")
    os.chmod(i.dir + "/grey", 0o777)
    Peer(t, i, "postgrey", ["postgrey", "--inet=127.0.0.1:%d" % i.port("grey"), "--dbdir=%s/grey" % i.dir, "--delay=2",
                            "--user=nobody", "--group=nogroup", "--pidfile=%s/grey/pid" % i.dir,
                            "--greylist-text=come back in %s seconds"], i.port("grey"))
    i.start()
    c = session(i)
    say(c, "MAIL FROM:<a@client.test>", "250")
    say(c, "RCPT TO:<bob@example.test>", r"450 4\.2\.0 <bob@example\.test>: Recipient address rejected: come back in 2 seconds")
    i.wait_log("reject: RCPT from client.test.192.0.2.77.: 450 4.2.0 <bob@example.test>: Recipient address rejected: come")
    time.sleep(2.5)
    c = session(i)
    c.message("a@client.test", ["bob@example.test"], "Subject: x\n\nhello\n")
    t.match("^X-Greylist: delayed [23] seconds by postgrey", i.wait_delivered("bob")[0])


def test_policyd_spf_judges(t):
    t.need("SMTPD", "SPAWN", "program:policyd-spf", "root")
    i = t.instance(CONF + "smtpd_recipient_restrictions = reject_unauth_destination, "
                   "check_policy_service { unix:private/policyd-spf, timeout=60s }\npolicyd-spf_time_limit = 60s\n",
                   master=["policyd-spf unix - n n - 0 spawn user=nobody argv=/usr/bin/policyd-spf $dir/spf.conf"],
                   start=False)
    public_dns(t, i, "good.test TXT v=spf1 ip4:192.0.2.77 -all\nbad.test TXT v=spf1 ip4:192.0.2.78 -all\n"
               "client.test TXT v=spf1 ip4:192.0.2.77 -all\n")
    i.file("spf.conf", "debugLevel = 1\nTestOnly = 1\nHELO_reject = Fail\nMail_From_reject = Fail\nPermError_reject = False\n"
           "TempError_Defer = False\nskip_addresses = 127.0.0.0/8\n")
    i.start()
    c = session(i)
    say(c, "MAIL FROM:<a@bad.test>", "250")
    say(c, "RCPT TO:<bob@example.test>", r"550 5\.7\.23 <bob@example\.test>: Recipient address rejected: Message rejected due to:")
    c = session(i)
    c.message("a@good.test", ["bob@example.test"], "Subject: x\n\nhello\n")
    t.match("^Received-SPF: Pass ", i.wait_delivered("bob")[0])


test_policyd_spf_judges.timeout = 120
