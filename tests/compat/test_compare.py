# test_compare.py - the comparison itself: what must be taken out is taken out, what differs is found
# SPDX-License-Identifier: ISC
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from compare import Broken, compare, read_differences      # noqa: E402
from lib import normal                                     # noqa: E402

LOG = """\
Nov 21 18:16:23 mail postfix/smtpd[101]: connect from localhost[127.0.0.1]
Nov 21 18:16:23 mail postfix/smtpd[101]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 554 5.7.1 no; from=<a@b> to=<c@d> proto=SMTP helo=<e>
Nov 21 18:16:23 mail postfix/smtpd[101]: BBC51AA6793: client=localhost[127.0.0.1]:40213
Nov 21 18:16:23 mail postfix/qmgr[7]: BBC51AA6793: from=<a@b>, size=273, nrcpt=1 (queue active)
Nov 21 18:16:23 mail postfix/smtp[9]: BBC51AA6793: to=<c@d>, relay=127.0.0.1[127.0.0.1]:23456, delay=0.16, delays=0.12/0.01/0/0.03, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4fXyZk1Gq3z1b)
"""
SAME = [
    ("250 2.0.0 Ok: queued as BBC51AA6793", "250 2.0.0 Ok: queued as 4A1B2C3D4E"),
    ("\tid BBC51AA6793; Sat, 21 Nov 2026 18:16:23 +0000 (UTC)", "\tid 4A1B2C3D4E; Sat, 21 Nov 2026 08:06:03 +0000 (UTC)"),
    ("Message-Id: <20261121181623.BBC51AA6793@mail.example.test>", "Message-Id: <20261121080603.4A1B2C3D4E@mail.example.test>"),
    ("delay=0.16, delays=0.12/0.01/0/0.03, dsn=2.0.0", "delay=3, delays=0/0/1.2/1.8, dsn=2.0.0"),
    ("BBC51AA6793.1795284983/mail.example.test", "4A1B2C3D4E.1795284001/mail.example.test"),
    ("cannot open /tmp/x/1/i0/access", "cannot open /tmp/y/2/i0/access"),
    ("relay=127.0.0.1[127.0.0.1]:23456, ", "relay=127.0.0.1[127.0.0.1]:24567, "),
    ("MAIL FROM:<a@b> SIZE=300", "MAIL FROM:<a@b> SIZE=301"),
]
DIFFERENT = [
    ("250 2.0.0 Ok: queued as BBC51AA6793", "250 2.0.0 Ok queued as BBC51AA6793"),
    ("dsn=2.0.0, status=sent (250 Ok)", "dsn=2.0.1, status=sent (250 Ok)"),
    ("554 5.7.1 <a@b>: Relay access denied", "454 5.7.1 <a@b>: Relay access denied"),
    ("250-SIZE 10240000", "250-SIZE 10240001"),
    ("Subject: 1", "Subject:  1"),
    ("MAIL FROM:<a@b> SIZE=300 BODY=8BITMIME", "MAIL FROM:<a@b> SIZE=300"),
]


def of(line, which):
    return normal.Normaliser(*(("/tmp/x/1/i0", "/tmp/x/1", {"sink": 23456}), ("/tmp/y/2/i0", "/tmp/y/2", {"sink": 24567}))[which],
                             {"BBC51AA6793", "4A1B2C3D4E"}).text(line)


def test_what_must_differ_is_taken_out(t):
    for a, b in SAME:
        t.equal(of(b, 1), of(a, 0))


def test_what_must_not_differ_stays(t):
    for a, b in DIFFERENT:
        if of(a, 0) == of(b, 1):
            t.fail("not told apart: %r %r" % (a, b))


def test_the_log_is_about_clients_and_recipients(t):
    lines = normal.log_lines(LOG)
    t.equal(len(lines), 4)
    t.equal([x for x in lines if "status=" in x][0].startswith("postfix/smtp: BBC51AA6793: to=<c@d>"), True)
    t.equal(normal.queue_ids(LOG), {"BBC51AA6793"})


def record_of(side, reply="250 2.1.5 Ok", log="dsn=2.0.0, status=sent (250 Ok)"):
    return {"replies smtp": ["< 220 mail", "< " + of(reply, side)], "log": [of(log, side)], "mailbox mail/alice": ["-- message", "x"]}


def entries_of(t, text):
    path = os.path.join(t.dir, "differences")
    with open(path, "w") as f:
        f.write(text)
    return read_differences(path)


def test_a_seeded_difference_is_found(t):
    t.equal(compare("smtp/x.t", record_of(0), record_of(1), []), ([], False))
    found, _ = compare("smtp/x.t", record_of(0), record_of(1, "250 2.1.0 Ok"), [])
    t.equal(found, ["== replies smtp", "- < 250 2.1.5 Ok", "+ < 250 2.1.0 Ok"])
    found, _ = compare("smtp/x.t", record_of(0), record_of(1, log="dsn=2.0.0, status=sent (250 OK)"), [])
    t.equal(found[0], "== log")
    lost = record_of(1)
    del lost["mailbox mail/alice"]
    t.equal(compare("smtp/x.t", record_of(0), lost, [])[0], ["== mailbox mail/alice", "- -- message", "- x"])


ENTRIES = """\
# a comment
smtp/x* replies*
    - < 250 2\\.1\\.5 .*
    + < 250 2\\.1\\.0 .*
    For a reason.

smtp/y.t
    ~ dsn=\\S+
    For another one.
"""


def test_intended_differences_are_accepted_once_they_are_written_down(t):
    entries = entries_of(t, ENTRIES)
    ours = record_of(1, "250 2.1.0 Ok")
    t.equal(compare("smtp/x.t", record_of(0), ours, entries), ([], True))
    t.equal(len(compare("smtp/z.t", record_of(0), ours, entries)[0]), 3)
    t.equal(compare("smtp/y.t", record_of(0), record_of(1, log="dsn=2.0.1, status=sent (250 Ok)"), entries), ([], True))
    t.equal([len(e.used) for e in entries], [2, 1])


def test_entries_that_explain_nothing_are_known(t):
    entries = entries_of(t, ENTRIES)
    compare("smtp/x.t", record_of(0), record_of(1), entries)
    t.equal([(e.relevant, len(e.used)) for e in entries], [(True, 0), (False, 0)])


def test_an_entry_needs_a_reason(t):
    for text in ("smtp/x.t\n    - a\n", "smtp/x.t\n    a reason\n", "smtp/x.t log more\n    - a\n    reason\n"):
        try:
            entries_of(t, text)
        except Broken:
            continue
        t.fail("accepted: " + text)
