# test_mailbox_and_log.py - Dovecot reads the Maildir; pflogsumm and fail2ban read the log
# SPDX-License-Identifier: ISC
import imaplib
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from dovecot import Dovecot  # noqa: E402


def test_dovecot_reads_maildir(t):
    t.need("SMTPD", "VIRTUAL")
    i = t.instance()
    i.send("s@client.test", "alice@example.test", "Subject: one\n\nfirst\n")
    i.send("s@client.test", "alice@example.test", "Subject: two\n\nsecond\n.dot\n")
    i.wait_delivered("alice", 2)
    d = Dovecot(t, i)
    try:
        imap = imaplib.IMAP4("127.0.0.1", d.port)
        imap.login("alice", "secret")
        t.equal(imap.select("INBOX")[1], [b"2"])
        subjects, bodies = [], b""
        for n in (b"1", b"2"):
            data = imap.fetch(n, "(BODY[HEADER.FIELDS (SUBJECT)] BODY[TEXT])")[1]
            subjects.append(data[0][1].strip())
            bodies += data[1][1]
        t.equal(sorted(subjects), [b"Subject: one", b"Subject: two"])
        t.match(r"(?m)^\.dot\r?$", bodies.decode())
        imap.logout()
    finally:
        d.stop()


def busy_log(t):
    """An instance whose log has a bit of everything."""
    t.need("SMTPD", "SMTP", "VIRTUAL")
    i = t.instance("relayhost = $sink\nsmtpd_relay_restrictions = reject_unauth_destination\n"
                   "smtpd_recipient_restrictions = reject_unauth_destination\nsmtpd_soft_error_limit = 100",
                   master=["127.0.0.1:$port_out inet n - n - - smtpd -o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination "
                           "-o smtpd_recipient_restrictions="])
    i.the_sink().rule("RCPT /later/: 450 4.2.0 later")
    i.the_sink().rule("RCPT /never/: 550 5.1.1 no such user")
    for rcpt in ("alice@example.test", "bob@example.test"):
        i.send("s@client.test", rcpt)
    c = i.connect("out")
    c.hello()
    for rcpt in ("good@away.test", "later@away.test", "never@away.test"):
        c.message("alice@example.test", [rcpt], "Subject: x\n\nx\n")
    c.line("QUIT")
    c = i.connect()
    c.hello()
    c.line("MAIL FROM:<spam@bad.test>")
    c.expect("250")
    for _ in range(3):
        c.line("RCPT TO:<victim@away.test>")
        c.expect("554 5.7.1 <victim@away.test>: Relay access denied")
    c.line("RCPT TO:<nobody@example.test>")
    c.expect("550 5.1.1")
    c.line("QUIT")
    c.expect("221")
    i.wait_log("to=<later@away.test>.*status=deferred")
    i.wait_log("to=<never@away.test>.*status=bounced")
    i.wait_log("to=<good@away.test>.*status=sent")
    i.wait_log("sender non-delivery notification")
    i.wait_delivered("bob")
    i.wait_log("(?s)disconnect from .*disconnect from .*disconnect from .*rcpt=0/4")
    return i


def test_pflogsumm(t):
    t.need("program:pflogsumm")
    i = busy_log(t)
    out = subprocess.run(["pflogsumm", os.path.join(i.dir, "maillog")], capture_output=True, text=True)
    t.equal(out.stderr, "")
    text = out.stdout
    t.match(r"^\s+5\s+received$", text)  # notices are not counted
    t.match(r"^\s+4\s+delivered$", text)
    t.match(r"^\s+1\s+deferred", text)
    t.match(r"^\s+1\s+bounced$", text)
    t.match(r"^\s+4\s+rejected", text)
    t.match(r"said: 450 4\.2\.0 later|later", text)
    t.match(r"Relay access denied", text)


def test_fail2ban(t):
    t.need("program:fail2ban-regex")
    if not os.path.exists("/etc/fail2ban/filter.d/postfix.conf"):
        t.skip("needs fail2ban's filters")
    i = busy_log(t)
    for _ in range(2):  # pipelining before the greeting, a lost connection after AUTH
        c = i.connect()
        c.hello()
        c.close()
    i.wait_log("lost connection after EHLO")
    out = subprocess.run(["fail2ban-regex", "--print-all-matched", os.path.join(i.dir, "maillog"), "postfix[mode=aggressive]"],
                         capture_output=True, text=True).stdout
    t.match(r"^Failregex: [1-9]\d* total", out)
    t.match(r"reject: RCPT from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <victim@away\.test>: Relay access denied", out)
    t.match(r"lost connection after EHLO from localhost\[127\.0\.0\.1\]", out)
