# test_milters.py - mail filters that nobody here wrote: opendkim, opendmarc, spamass-milter, rspamd
# SPDX-License-Identifier: ISC
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from peer import Peer, public_dns  # noqa: E402

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
LETTER = "From: alice@example.test\nTo: bob@example.test\nSubject: %s\nDate: Sat, 14 Nov 2026 10:00:00 +0000\n" \
         "Message-Id: <%s@example.test>\n\n%s"
TRICKY = "first line\n\n.dot\n..two dots\n  blanks  \ntab\there\n" + "x" * 900 + "\n\nlast\n\n\n"
DKIM = """
Mode sv
Domain example.test
Selector s
KeyFile {0}/dkim.key
RequireSafeKeys no
Socket inet:{1}@127.0.0.1
InternalHosts {0}/{2}
TestDNSData csl:{3}
AuthservID mail.example.test
Canonicalization {4}
SignHeaders From,To,Subject,Date,Message-Id
Syslog no
"""
# Milters may take their time on a machine with other work.
CONF = "smtpd_peername_lookup = no\nmilter_command_timeout = 60s\nmilter_content_timeout = 60s\n"


def letter(word, body="hello\n"):
    return LETTER % (word, word, body)


def opendkim(t, i, name, internal, how="simple/simple"):
    t.need("program:opendkim")
    if not os.path.exists(os.path.join(i.dir, "dkim.key")):
        status, out = i.run("openssl genrsa -traditional -out dkim.key 2048 2>/dev/null || openssl genrsa -out dkim.key 2048")
        t.equal(status, 0)
        os.chmod(os.path.join(i.dir, "dkim.key"), 0o644)
    public = i.run("openssl rsa -in dkim.key -pubout 2>/dev/null | grep -v KEY | tr -d '\\n'")[1]
    i.file("inside", "127.0.0.1\n")
    i.file("outside", "192.0.2.1\n")
    # The set of test data is a file: the record has blanks and commas of its own.
    i.file("keys", "s._domainkey.example.test v=DKIM1;k=rsa;p=%s\n" % public)
    conf = i.file(name + ".conf", DKIM.format(i.dir, i.port(name), internal, "x", how).replace(
        "csl:x", "file:%s/keys" % i.dir))
    return Peer(t, i, name, ["opendkim", "-f", "-x", conf], i.port(name))


def signed_and_verified(t, how):
    """One filter signs what a client sends, another one, behind a second hop, finds the signature good."""
    t.need("SMTPD", "SMTP", "MILTER")
    i = t.instance(CONF + "smtpd_milters = inet:127.0.0.1:$port_signer\nnon_smtpd_milters = $$smtpd_milters\n"
                   .replace("$$", "$") + "transport_maps = inline:{example.test=smtp:[127.0.0.1]:$port_second}\n",
                   master=["127.0.0.1:$port_second inet n - y - - smtpd -o smtpd_milters=inet:127.0.0.1:$port_verifier "
                           "-o cleanup_service_name=plain -o content_filter=virtual:", "plain unix n - y - 0 cleanup"],
                   start=False)
    i.port("second")
    opendkim(t, i, "signer", "inside", how)
    opendkim(t, i, "verifier", "outside")
    i.start()
    return i


def test_opendkim_signs_and_verifies(t):
    for n, how in enumerate(("simple/simple", "relaxed/relaxed")):
        i = signed_and_verified(t, how)
        i.send("alice@example.test", "bob@example.test", letter("one", TRICKY))
        text = i.wait_delivered("bob")[0]
        t.match("DKIM-Signature: v=1; a=rsa-sha256; c=%s; d=example.test; s=s;" % how, text)
        t.match("Authentication-Results: mail.example.test;\n\tdkim=pass", text)
        status, out = i.run("sendmail -f alice@example.test carol@example.test", letter("two", TRICKY))
        t.equal((status, out), (0, ""))
        text = i.wait_delivered("carol")[0]
        t.match("Authentication-Results: mail.example.test;\n\tdkim=pass", text)
        i.stop()


def test_opendkim_finds_a_changed_body(t):
    i = signed_and_verified(t, "simple/simple")
    i.send("alice@example.test", "bob@example.test", letter("one"))
    text = i.wait_delivered("bob")[0]
    c = i.connect("second")
    c.hello()
    signed = text[text.index("DKIM-Signature"):].replace("hello", "other")
    c.message("alice@example.test", ["carol@example.test"], signed)
    t.match("dkim=fail", i.wait_delivered("carol")[0])


def test_opendmarc_rejects_and_quarantines(t):
    t.need("SMTPD", "MILTER", "program:opendmarc")
    i = t.instance(CONF + "smtpd_milters = inet:127.0.0.1:$port_dmarc\n"
                   "smtpd_authorized_xclient_hosts = 127.0.0.1\n", start=False)
    public_dns(t, i, """
_dmarc.reject.test      TXT v=DMARC1; p=reject
_dmarc.quarantine.test  TXT v=DMARC1; p=quarantine
_dmarc.none.test        TXT v=DMARC1; p=none
reject.test             TXT v=spf1 -all
quarantine.test         TXT v=spf1 -all
none.test               TXT v=spf1 -all
good.test               TXT v=spf1 ip4:192.0.2.77 -all
_dmarc.good.test        TXT v=DMARC1; p=reject
""")
    i.file("nobody-is-ignored", "192.0.2.1\n")
    conf = i.file("opendmarc.conf", "Socket inet:%d@127.0.0.1\nAuthservID mail.example.test\nRejectFailures true\n"
                  "HoldQuarantinedMessages true\nSPFSelfValidate true\nSPFIgnoreResults true\nSoftwareHeader true\n"
                  "IgnoreHosts %s/nobody-is-ignored\nSyslog no\n" % (i.port("dmarc"), i.dir))
    Peer(t, i, "opendmarc", ["opendmarc", "-f", "-c", conf], i.port("dmarc"))
    i.start()

    def send(domain, expected):
        c = i.connect()
        c.hello()
        c.line("XCLIENT ADDR=192.0.2.77 NAME=client.test")
        c.expect("220")
        c.line("EHLO client.test")
        c.expect("250")
        c.line("MAIL FROM:<a@%s>" % domain)
        c.expect("250")
        c.line("RCPT TO:<bob@example.test>")
        c.expect("250")
        c.line("DATA")
        c.expect("354")
        c.line(letter(domain).replace("alice@example.test", "a@" + domain).replace("\n", "\r\n") + ".")
        c.expect(expected)
        c.close()

    send("reject.test", r"550 5\.7\.1 rejected by DMARC policy for reject\.test")
    i.wait_log(r"milter-reject: END-OF-MESSAGE from \S+: 5\.7\.1 rejected by DMARC policy for reject\.test; "
               r"from=<a@reject\.test>")
    send("quarantine.test", "250 2.0.0 Ok")
    i.wait_queue("hold", 1)
    i.wait_log("milter-hold: END-OF-MESSAGE from ")
    send("none.test", "250 2.0.0 Ok")
    text = i.wait_delivered("bob", 1)[0]
    t.match(r"Authentication-Results: mail\.example\.test; dmarc=fail \(p=none dis=none\) header\.from=none\.test", text)
    t.match("DMARC-Filter: OpenDMARC Filter", text)
    send("good.test", "250 2.0.0 Ok")
    t.match("dmarc=pass", i.wait_delivered("bob", 2)[1])


def test_a_filter_that_ends_is_what_default_action_says(t):
    """Two filters with options of their own; one is stopped while mail flows."""
    t.need("SMTPD", "MILTER")
    i = t.instance(CONF + "smtpd_milters = { inet:127.0.0.1:$port_signer, default_action=accept, connect_timeout=5s }, "
                   "{ inet:127.0.0.1:$port_second, default_action=tempfail }\n"
                   "smtpd_milter_maps = cidr:{{127.0.0.9/32 DISABLE}}\n", start=False)
    i.port("second")
    one, two = opendkim(t, i, "signer", "inside"), opendkim(t, i, "second", "outside")
    i.start()
    i.send("alice@example.test", "bob@example.test", letter("one"))
    t.match("DKIM-Signature", i.wait_delivered("bob")[0])
    one.stop()
    i.send("alice@example.test", "carol@example.test", letter("two"))
    text = i.wait_delivered("carol")[0]
    if "DKIM-Signature" in text:
        t.fail("signed by a filter that was stopped")
    two.stop()
    c = i.connect()
    c.expect("220 ")
    c.line("EHLO client.test")
    c.expect("250")
    c.line("MAIL FROM:<alice@example.test>")
    c.expect(r"451 4\.7\.1 Service unavailable - try again later$")
    c = i.connect(source="127.0.0.9")
    c.hello()
    c.message("alice@example.test", ["dave@example.test"], letter("three"))
    i.wait_delivered("dave")


def test_spamassassin_replaces_the_body(t):
    t.need("SMTPD", "MILTER", "program:spamass-milter", "program:spamd", "root")
    i = t.instance(CONF + "smtpd_milters = unix:spamass.sock\nmilter_default_action = tempfail\n"
                   "milter_connect_macros = j {daemon_name} v {if_name} _\n", start=False)
    i.file("sa/site.cf", "report_safe 1\nrewrite_header Subject [SPAM]\nuse_bayes 0\nskip_rbl_checks 1\n"
           "dns_available no\nutil_rb_tld test\n")
    i.file("sa/init.pre", "loadplugin Mail::SpamAssassin::Plugin::Check\n")
    i.file("sa/rules.cf", "body OUR_GTUBE /XJS\\*C4JDBQADN1\\.NSBN3\\*2IDNEN\\*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\\*C\\.34X/\n"
           "score OUR_GTUBE 1000\nreport Spam detection report, content preview follows.\n"
           "add_header all Status _YESNO_, score=_SCORE_\nadd_header spam Flag _YESNOCAPS_\n")
    spamd = ["spamd", "-x", "-L", "-m", "1", "-i", "127.0.0.1", "-p", str(i.port("spamd")), "-s", "stderr",
             "--siteconfigpath", i.dir + "/sa", "--configpath", i.dir + "/sa", "-u", "nobody"]
    Peer(t, i, "spamd", spamd, i.port("spamd"), patience=60)
    Peer(t, i, "spamass-milter", ["spamass-milter", "-p", i.dir + "/queue/spamass.sock", "-r", "5000", "--", "-d", "127.0.0.1", "-p",
                                  str(i.port("spamd"))], i.dir + "/queue/spamass.sock")
    os.chmod(i.dir + "/queue/spamass.sock", 0o666)
    i.start()
    i.send("alice@example.test", "bob@example.test", letter("ham"))
    text = i.wait_delivered("bob", timeout=40)[0]
    t.match("^X-Spam-Status: No", text)
    t.match("^hello$", text)
    i.send("alice@example.test", "carol@example.test", letter("offer", "buy\n" + GTUBE + "\n"))
    text = i.wait_delivered("carol", timeout=40)[0]
    t.match(r"^Subject: \[SPAM\] offer", text)
    t.match("^X-Spam-Flag: YES", text)
    t.match("^Content-Type: multipart/mixed", text)
    t.match("^Spam detection report", text)
    t.match("^Content-Type: message/rfc822", text)


test_spamassassin_replaces_the_body.timeout = 180


def test_rspamd_rejects_and_marks(t):
    t.need("SMTPD", "MILTER", "program:rspamd", "root")
    i = t.instance(CONF + "smtpd_milters = inet:127.0.0.1:$port_rspamd\n", start=False)
    os.chmod(i.dir, 0o777)
    i.file("tld", "test\n")
    conf = i.file("rspamd.conf", """
options { pidfile = "%(dir)s/rspamd.pid"; filters = ""; dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }
  enable_test_patterns = true; temp_dir = "%(dir)s"; url_tld = "%(dir)s/tld"; }
logging { type = "console"; level = "info"; }
actions { reject = 15; add_header = 6; greylist = 4; }
worker "rspamd_proxy" { bind_socket = "127.0.0.1:%(port)d"; milter = yes; timeout = 30s; count = 1;
  upstream "local" { default = yes; self_scan = yes; } }
""" % {"dir": i.dir, "port": i.port("rspamd")})
    Peer(t, i, "rspamd", ["rspamd", "-i", "-f", "-c", conf], i.port("rspamd"), patience=60)
    i.start()
    i.send("alice@example.test", "bob@example.test", letter("ham"))
    i.wait_delivered("bob", timeout=40)
    c = i.connect()
    c.hello()
    for line, expected in (("MAIL FROM:<a@client.test>", "250"), ("RCPT TO:<bob@example.test>", "250"), ("DATA", "354"),
                           (letter("spam", GTUBE + "\n").replace("\n", "\r\n") + ".", r"554 5\.7\.1 Gtube pattern")):
        c.line(line)
        c.expect(expected)


test_rspamd_rejects_and_marks.timeout = 180
