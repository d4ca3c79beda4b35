# test_auth_dovecot.py - AUTH of the SMTP server against a real Dovecot: mechanisms, what a login permits, failures
# SPDX-License-Identifier: ISC
import base64
import hmac
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from dovecot import Dovecot  # noqa: E402

AUTH = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_error_sleep_time = 0
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
"""
TLS = """
smtpd_tls_security_level = may
smtpd_tls_chain_files = $dir/certs/server.key $dir/certs/server.pem
"""


def b64(text):
    return base64.b64encode(text.encode()).decode()


PLAIN = b64("\0alice\0secret")


def setup(t, conf="", tls=False):
    t.need("SMTPD", "SMTPD_SASL")
    if tls:
        t.need("TLS")
    i = t.instance(AUTH + (TLS if tls else "") + conf, start=False)
    if tls:
        i.certs()
    i.start()
    return i, Dovecot(t, i)


def session(i, host="127.0.0.1"):
    c = i.connect(source=host)
    c.hello()
    return c


def say(c, line, pattern):
    c.line(line)
    return c.expect(pattern)


def login(c, initial=PLAIN):
    say(c, "AUTH PLAIN " + initial, r"235 2\.7\.0 Authentication successful$")


def test_mechanisms_are_offered(t):
    i, d = setup(t)
    try:
        c = i.connect()
        c.expect("220")
        reply = say(c, "EHLO client.test", "250")
        t.match(r"^250.AUTH PLAIN LOGIN CRAM-MD5$|^250.AUTH( PLAIN| LOGIN| CRAM-MD5){3}$", reply)
        t.equal(reply.count("AUTH="), 0)
    finally:
        d.stop()


def test_old_announcement(t):
    i, d = setup(t, "broken_sasl_auth_clients = yes\nsmtpd_sasl_mechanism_filter = !login, static:rest")
    try:
        c = i.connect()
        c.expect("220")
        reply = say(c, "EHLO client.test", "250")
        t.match(r"^250.AUTH=(PLAIN CRAM-MD5|CRAM-MD5 PLAIN)$", reply)
        say(c, "AUTH LOGIN", "334 ")  # not announced, but there
    finally:
        d.stop()


def test_security_options(t):
    i, d = setup(t, "smtpd_sasl_security_options = noanonymous, noplaintext")
    try:
        c = i.connect()
        c.expect("220")
        reply = say(c, "EHLO client.test", "250")
        t.match(r"^250.AUTH CRAM-MD5$", reply)
        say(c, "AUTH PLAIN " + PLAIN, "535 5\\.7\\.8 ")
    finally:
        d.stop()


def test_plain_permits_relaying(t):
    i, d = setup(t, "smtpd_sasl_authenticated_header = yes\nrelayhost = $sink")
    try:
        c = session(i)
        say(c, "MAIL FROM:<a@client.test>", "250")
        say(c, "RCPT TO:<far@away.test>", "554 5\\.7\\.1 <far@away\\.test>: Relay access denied")
        say(c, "AUTH PLAIN " + PLAIN, "503 5\\.5\\.1 Error: MAIL transaction in progress")
        say(c, "RSET", "250")
        login(c)
        say(c, "AUTH PLAIN " + PLAIN, "503 5\\.5\\.1 Error: already authenticated")
        c.message("a@client.test", ["far@away.test"], "Subject: x\n\nx\n")
        i.wait_log(r"client=localhost\[127\.0\.0\.1\], sasl_method=PLAIN, sasl_username=alice$")
        i.wait_log("status=sent")
        text = i.the_sink().text()
        t.match(r"\(Authenticated sender: alice\)", text)
        t.match(r"with ESMTPA id ", text)
        say(c, "RSET", "250")
        say(c, "QUIT", "221")
        i.wait_log(r"disconnect from localhost\[127\.0\.0\.1\] ehlo=1 auth=1/3 mail=2 rcpt=1/2 data=1 rset=2 quit=1 "
                   r"commands=9/12")
    finally:
        d.stop()


def test_plain_in_two_steps(t):
    i, d = setup(t)
    try:
        c = session(i)
        say(c, "AUTH PLAIN", "334 $")
        say(c, PLAIN, "235 2\\.7\\.0 ")
    finally:
        d.stop()


def test_login(t):
    i, d = setup(t)
    try:
        c = session(i)
        say(c, "AUTH LOGIN", "334 VXNlcm5hbWU6$")
        say(c, b64("alice"), "334 UGFzc3dvcmQ6$")
        say(c, b64("secret"), "235 2\\.7\\.0 ")
        c = session(i)
        say(c, "auth login " + b64("alice"), "334 UGFzc3dvcmQ6$")
        say(c, b64("secret"), "235 2\\.7\\.0 ")
    finally:
        d.stop()


def test_cram_md5(t):
    i, d = setup(t)
    try:
        c = session(i)
        challenge = base64.b64decode(say(c, "AUTH CRAM-MD5", "334 ")[4:])
        say(c, b64("alice " + hmac.new(b"secret", challenge, "md5").hexdigest()), "235 2\\.7\\.0 ")
        c = session(i)
        say(c, "AUTH CRAM-MD5", "334 ")
        say(c, b64("alice " + "0" * 32), "535 5\\.7\\.8 Error: authentication failed: ")
        i.wait_log(r"warning: localhost\[127\.0\.0\.1\]: SASL CRAM-MD5 authentication failed: ")
    finally:
        d.stop()


def test_failures(t):
    i, d = setup(t)
    try:
        c = session(i)
        say(c, "AUTH", "501 5\\.5\\.4 Syntax: AUTH mechanism$")
        say(c, "AUTH PLAIN a b", "501 5\\.5\\.4 Syntax: AUTH mechanism$")
        say(c, "AUTH NONSENSE", "535 5\\.7\\.8 Error: authentication failed: Invalid authentication mechanism$")
        say(c, "AUTH PLAIN " + b64("\0alice\0wrong"), "535 5\\.7\\.8 Error: authentication failed: ")
        i.wait_log(r"warning: localhost\[127\.0\.0\.1\]: SASL PLAIN authentication failed: .*")
        say(c, "AUTH PLAIN !!!", "535 5\\.7\\.8 ")
        say(c, "AUTH LOGIN", "334")
        say(c, "*", "501 5\\.7\\.0 Authentication aborted$")
        say(c, "MAIL FROM:<a@client.test>", "250")
        say(c, "RCPT TO:<far@away.test>", "554")
        say(c, "RSET", "250")
        login(c)
        t.equal("secret" in i.log() or PLAIN in i.log() or b64("\0alice\0wrong") in i.log(), False)
    finally:
        d.stop()


def test_login_is_forgotten(t):
    """After STARTTLS; EHLO keeps it."""
    i, d = setup(t, tls=True)
    try:
        c = session(i)
        login(c)
        say(c, "EHLO again.test", "250")
        say(c, "MAIL FROM:<a@client.test>", "250")
        say(c, "RCPT TO:<far@away.test>", "250")
        say(c, "RSET", "250")
        say(c, "STARTTLS", "220")
        c.starttls(i.certs())
        say(c, "EHLO client.test", "250")
        say(c, "MAIL FROM:<a@client.test>", "250")
        say(c, "RCPT TO:<far@away.test>", "554")
    finally:
        d.stop()


def test_only_with_tls(t):
    i, d = setup(t, "smtpd_tls_auth_only = yes", tls=True)
    try:
        c = i.connect()
        c.expect("220")
        t.equal("AUTH" in say(c, "EHLO client.test", "250"), False)
        say(c, "AUTH PLAIN " + PLAIN, "503 5\\.5\\.1 Error: authentication not enabled$")
        say(c, "STARTTLS", "220")
        c.starttls(i.certs())
        t.equal("AUTH PLAIN" in say(c, "EHLO client.test", "250"), True)
        login(c)
        c.message("a@client.test", ["alice@example.test"], "Subject: x\n\nx\n")
        t.match(r"with ESMTPSA id ", i.wait_delivered("alice")[0])
    finally:
        d.stop()


def test_plaintext_mechanisms_with_tls_only(t):
    i, d = setup(t, "smtpd_sasl_security_options = noplaintext, noanonymous\n"
                 "smtpd_sasl_tls_security_options = noanonymous", tls=True)
    try:
        c = i.connect()
        c.expect("220")
        t.match(r"^250.AUTH CRAM-MD5$", say(c, "EHLO client.test", "250"))
        say(c, "STARTTLS", "220")
        c.starttls(i.certs())
        t.match(r"^250.AUTH .*PLAIN", say(c, "EHLO client.test", "250"))
        login(c)
    finally:
        d.stop()


def test_not_for_some_clients(t):
    i, d = setup(t, "smtpd_sasl_exceptions_networks = 127.0.0.2")
    try:
        c = i.connect(source="127.0.0.2")
        c.expect("220")
        t.equal("AUTH" in say(c, "EHLO client.test", "250"), False)
        c = i.connect()
        c.expect("220")
        t.equal("AUTH" in say(c, "EHLO client.test", "250"), True)
    finally:
        d.stop()


LOGINS = "inline:{alice@example.test=alice, bob@example.test=bob}"


def sender_tests(t, restriction, table):
    """table: (logged in, sender, pattern of the reply to RCPT)"""
    i, d = setup(t, "smtpd_sender_login_maps = %s\nsmtpd_sender_restrictions = %s" % (LOGINS, restriction))
    try:
        for logged_in, sender, pattern in table:
            c = session(i)
            if logged_in:
                login(c)
            say(c, "MAIL FROM:<%s>" % sender, "250")
            say(c, "RCPT TO:<carol@example.test>", pattern)
    finally:
        d.stop()


NOT_OWNED = "553 5\\.7\\.1 <%s>: Sender address rejected: not owned by user alice$"
NOT_LOGGED_IN = "553 5\\.7\\.1 <%s>: Sender address rejected: not logged in$"


def test_sender_login_mismatch(t):
    sender_tests(t, "reject_sender_login_mismatch", (
        (True, "alice@example.test", "250"),
        (True, "bob@example.test", NOT_OWNED % "bob@example.test"),
        (True, "x@client.test", NOT_OWNED % "x@client.test"),
        (False, "alice@example.test", NOT_LOGGED_IN % "alice@example.test"),
        (False, "x@client.test", "250")))


def test_known_sender_login_mismatch(t):
    sender_tests(t, "reject_known_sender_login_mismatch", (
        (True, "alice@example.test", "250"),
        (True, "bob@example.test", NOT_OWNED % "bob@example.test"),
        (True, "x@client.test", "250"),
        (False, "bob@example.test", NOT_LOGGED_IN % "bob@example.test")))


def test_authenticated_sender_login_mismatch(t):
    sender_tests(t, "reject_authenticated_sender_login_mismatch", (
        (True, "alice@example.test", "250"),
        (True, "bob@example.test", NOT_OWNED % "bob@example.test"),
        (False, "bob@example.test", "250")))


def test_unauthenticated_sender_login_mismatch(t):
    sender_tests(t, "reject_unauthenticated_sender_login_mismatch", (
        (True, "bob@example.test", "250"),
        (False, "bob@example.test", NOT_LOGGED_IN % "bob@example.test")))


def test_sasl_access_table(t):
    i, d = setup(t, "smtpd_sender_restrictions = check_sasl_access inline:{{alice=REJECT not alice}}")
    try:
        c = session(i)
        login(c)
        say(c, "MAIL FROM:<a@client.test>", "250")
        say(c, "RCPT TO:<carol@example.test>", "554 5\\.7\\.1 <alice>: SASL login name rejected: not alice$")
        i.wait_log(r"proto=ESMTP helo=<client\.test> sasl_method=PLAIN sasl_username=alice|SASL login name rejected")
    finally:
        d.stop()


def test_auth_parameter(t):
    i, d = setup(t)
    try:
        c = session(i)
        login(c)
        say(c, "MAIL FROM:<a@client.test> AUTH=x+3Dy@client.test", "250")
        say(c, "RCPT TO:<carol@example.test>", "250")
        i.wait_log(r"client=localhost\[127\.0\.0\.1\], sasl_method=PLAIN, sasl_username=alice, sasl_sender=x\+3Dy@client\.test")
        say(c, "RSET", "250")
        say(c, "MAIL FROM:<a@client.test> AUTH=<>", "250")
    finally:
        d.stop()


def test_server_away(t):
    """Without its authentication server nobody is refused for good."""
    t.need("postlet")
    i, d = setup(t)
    try:
        c = session(i)
        login(c)
        d.stop()
        c2 = i.connect()
        c2.expect("220")
        c2.line("EHLO client.test")
        text = c2.reply()
        if text.startswith("250") and "AUTH" in text:
            c2.line("AUTH PLAIN " + PLAIN)
            t.match(r"^(454 4\.7\.0 Temporary authentication failure|535 5\.7\.8)", c2.reply())
    finally:
        if d.process.poll() is None:
            d.stop()


def test_rate_of_logins(t):
    i, d = setup(t, "smtpd_client_auth_rate_limit = 2\nsmtpd_client_event_limit_exceptions = 127.0.0.2\n"
                    "smtpd_peername_lookup = no")
    try:
        c = session(i)
        for _ in range(2):
            say(c, "AUTH PLAIN " + b64("\0alice\0wrong"), "535 ")
        say(c, "AUTH PLAIN " + PLAIN, r"450 4\.7\.1 Error: too many AUTH commands from 127\.0\.0\.1$")
        i.wait_log(r"warning: AUTH command rate limit exceeded: 3 from unknown\[127\.0\.0\.1\] for service 127\.0\.0\.1:\d+$")
        c = session(i, "127.0.0.2")
        say(c, "AUTH PLAIN " + b64("\0alice\0wrong"), "535 ")
        login(c)
    finally:
        d.stop()
