# test_auth_users.py - AUTH of the SMTP server against its own table of users, with real clients
# SPDX-License-Identifier: ISC
import base64
import hashlib
import hmac
import os
import secrets
import smtplib
import time

CONF = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = postlet
smtpd_sasl_path = texthash:$dir/users
smtpd_sasl_local_domain = example.test
smtpd_error_sleep_time = 0
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
"""
TLS = """
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = $dir/certs/server.key $dir/certs/server.pem
"""
FAILED = r"535 5\.7\.8 Error: authentication failed: authentication failure$"


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def setup(t, conf="", users=None, tls=False):
    t.need("SMTPD", "SASL_USERS", "postlet")
    i = t.instance(CONF + (TLS if tls else "") + conf, start=False)
    if tls:
        i.certs()
    lines = []
    for name, password in (users or {"alice": "secret", "bob@example.test": "p\u00e4ss w\u00f6rt"}).items():
        if password.startswith("$") or password.startswith("{"):
            lines.append("%s %s\n" % (name, password))
            continue
        status, out = i.run("postpasswd " + name, password + "\n")
        t.equal(status, 0)
        lines.append(out)
    path = i.file("users", "")
    with open(path, "w") as f:  # no $names in it
        f.writelines(lines)
    os.chmod(path, 0o640)
    if i.env.root:
        os.chown(path, i.env.owner.pw_uid, -1)
    i.start()
    return i


def session(i, host="127.0.0.1"):
    c = i.connect(source=host)
    c.hello()
    return c


def say(c, line, pattern):
    c.line(line)
    return c.expect(pattern)


def plain(user, password, authzid=""):
    return "AUTH PLAIN " + b64("%s\0%s\0%s" % (authzid, user, password))


def scram(c, user, password, header="n,,", bind=None, nonce_suffix="", name=None):
    """The client's side, by hand; returns the answer to the proof."""
    nonce = b64(secrets.token_bytes(12))
    bare = "n=%s,r=%s" % (name or user, nonce)
    c.line("AUTH SCRAM-SHA-256 " + b64(header + bare))
    reply = c.reply()
    if not reply.startswith("334 "):
        return reply, None
    first = base64.b64decode(reply[4:]).decode()
    fields = dict(x.split("=", 1) for x in first.split(","))
    without = "c=%s,r=%s%s" % (b64(bind if bind is not None else header), fields["r"], nonce_suffix)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    auth = ("%s,%s,%s" % (bare, first, without)).encode()
    signature = hmac.digest(hashlib.sha256(client_key).digest(), auth, "sha256")
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    c.line(b64("%s,p=%s" % (without, b64(proof))))
    reply = c.reply()
    want = "v=" + b64(hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), auth, "sha256"))
    if reply.startswith("334 "):
        assert base64.b64decode(reply[4:]).decode() == want
        c.line("")
        reply = c.reply()
    return reply, fields


def test_mechanisms(t):
    i = setup(t)
    c = i.connect()
    c.expect("220")
    t.match(r"^250.AUTH SCRAM-SHA-256 PLAIN LOGIN$", say(c, "EHLO x", "250"))
    i2 = setup(t, "smtpd_sasl_security_options = noplaintext, noanonymous")
    c = i2.connect()
    c.expect("220")
    t.match(r"^250.AUTH SCRAM-SHA-256$", say(c, "EHLO x", "250"))


def test_plain_and_login(t):
    i = setup(t, "smtpd_sasl_authenticated_header = yes\nrelayhost = $sink")
    c = session(i)
    say(c, plain("alice", "secret"), "235 2\\.7\\.0 Authentication successful$")
    c.message("a@client.test", ["far@away.test"], "Subject: x\n\nx\n")
    i.wait_log(r"sasl_method=PLAIN, sasl_username=alice$")
    for line in (plain("ALICE", "secret"), plain("alice", "secret", "alice"), plain("bob", "p\u00e4ss w\u00f6rt"),
                 plain("Bob@Example.test", "p\u00e4ss w\u00f6rt")):
        say(session(i), line, "235")
    c = session(i)
    say(c, "AUTH PLAIN", "334 $")
    say(c, b64("\0alice\0secret"), "235")
    c = session(i)
    say(c, "AUTH LOGIN", "334 VXNlcm5hbWU6$")
    say(c, b64("alice"), "334 UGFzc3dvcmQ6$")
    say(c, b64("secret"), "235")
    c = session(i)
    say(c, "AUTH LOGIN " + b64("bob"), "334 UGFzc3dvcmQ6$")
    say(c, b64("p\u00e4ss w\u00f6rt"), "235")
    c.message("a@client.test", ["far@away.test"], "Subject: x\n\nx\n")
    i.wait_log(r"sasl_method=LOGIN, sasl_username=bob@example\.test$")


def test_failures(t):
    i = setup(t)
    for line in (plain("alice", "wrong"), plain("alice", ""), plain("nobody", "secret"), plain("", "secret"),
                 plain("alice", "secret", "root"), plain("a b", "x")):
        say(session(i), line, FAILED)
    c = session(i)
    say(c, "AUTH PLAIN !!!!", "535 5\\.7\\.8 Error: authentication failed: malformed response$")
    say(c, "AUTH PLAIN =", "535")
    say(c, "AUTH PLAIN " + b64("\0alice\0" + "x" * 3000), "535")
    say(c, "AUTH CRAM-MD5", "535 5\\.7\\.8 Error: authentication failed: Invalid authentication mechanism$")
    say(c, "AUTH LOGIN", "334")
    say(c, "*", "501 5\\.7\\.0 Authentication aborted$")
    say(c, "MAIL FROM:<a@client.test>", "250")
    say(c, "RCPT TO:<far@away.test>", "554")
    i.wait_log(r"warning: localhost\[127\.0\.0\.1\]: SASL PLAIN authentication failed: authentication failure, sasl_username=alice$")
    log = i.log()
    t.equal("secret" in log.replace("smtpd_sasl_secret", "") or b64("\0alice\0secret") in log, False)


def test_scram(t):
    i = setup(t)
    c = session(i)
    reply, fields = scram(c, "alice", "secret")
    t.match("^235 2\\.7\\.0 ", reply)
    t.equal(fields["i"], "4096")
    c.message("a@client.test", ["alice@example.test"], "Subject: x\n\nx\n")
    i.wait_log(r"sasl_method=SCRAM-SHA-256, sasl_username=alice$")
    for header in ("y,,", "n,a=alice,"):
        t.match("^235", scram(session(i), "alice", "secret", header)[0])
    t.match("^235", scram(session(i), "bob", "p\u00e4ss w\u00f6rt")[0])
    c = session(i)
    say(c, "AUTH SCRAM-SHA-256", "334 $")
    say(c, b64("n,,n=alice,r=abc"), "334 ")
    say(c, "*", "501")


def test_scram_failures(t):
    i = setup(t)
    t.match("^" + FAILED, scram(session(i), "alice", "wrong")[0])
    t.match("^" + FAILED, scram(session(i), "alice", "secret", "n,a=root,")[0])
    for bad in (dict(header="p=tls-unique,,"), dict(bind="y,,"), dict(nonce_suffix="x"), dict(name="al=2ice"),
                dict(header="n,"), dict(header="m=x,n,,")):
        t.match("^535 5\\.7\\.8 ", scram(session(i), "alice", "secret", **bad)[0])
    # who does not exist is not told from who does
    salts = [scram(session(i), "nobody", "secret")[1]["s"] for _ in range(2)]
    t.equal(salts[0], salts[1])
    t.equal(salts[0] == scram(session(i), "nobody2", "secret")[1]["s"], False)
    t.equal(len(base64.b64decode(salts[0])), 16)


def test_names_with_commas(t):
    i = setup(t, users={"a,b=c": "secret"})
    t.match("^235", scram(session(i), "x", "secret", name="a=2Cb=3Dc")[0])
    say(session(i), plain("a,b=c", "secret"), "235")


def test_crypt_forms(t):
    t.need("SASL_CRYPT")
    sha512 = ("$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnI"
              "FNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1")
    i = setup(t, users={"alice": sha512, "bob": "{SHA512-CRYPT}" + sha512, "carol": "$unknown$x"})
    for user, want in (("alice", "235"), ("bob", "235"), ("carol", FAILED)):
        say(session(i), plain(user, "Hello world!"), want)
    say(session(i), plain("alice", "Hello"), FAILED)
    t.match("^535", scram(session(i), "alice", "Hello world!")[0])
    i.wait_log(r"the password entry of carol (cannot be used|is of no known form)")


def test_table_fails(t):
    i = setup(t, "smtpd_sasl_path = fail:x")
    say(session(i), plain("alice", "secret"), "454 4\\.7\\.0 Temporary authentication failure: lookup error$")


def test_not_a_table(t):
    i = setup(t, "smtpd_sasl_path = smtpd", users={})
    c = i.connect()
    i.wait_log(r"fatal: smtpd_sasl_path = smtpd: smtpd_sasl_type = postlet wants a table of users, type:name")
    c.close()


def test_cyrus_is_said_to_be_absent(t):
    t.need("SMTPD", "SMTPD_SASL", "postlet")
    i = t.instance("smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = cyrus")
    c = i.connect()
    i.wait_log(r"fatal: smtpd_sasl_type: cyrus is not in postlet; use dovecot or postlet")
    c.close()


def test_cdb_table(t):
    t.need("POSTMAP")
    i = setup(t)
    os.chown(os.path.join(i.dir, "users"), os.getuid(), -1)  # postmap becomes the owner
    t.equal(i.run("postmap cdb:users"), (0, ""))
    i.conf("smtpd_sasl_path = cdb:$dir/users")
    if i.env.root:
        os.chown(os.path.join(i.dir, "users.cdb"), i.env.owner.pw_uid, -1)
    i.reload()
    say(session(i), plain("alice", "secret"), "235")
    t.match("^235", scram(session(i), "alice", "secret")[0])


def test_guessing_is_slowed(t):
    i = setup(t, "smtpd_hard_error_limit = 50\nsmtpd_soft_error_limit = 40")
    c = session(i)
    say(c, plain("bob", "p\u00e4ss w\u00f6rt"), "235")
    times = []
    c = session(i)
    for _ in range(5):
        start = time.monotonic()
        say(c, plain("alice", "wrong"), FAILED)
        times.append(time.monotonic() - start)
    t.equal([x >= 0.9 for x in times], [False, False, False, True, True])
    t.equal(times[4] > times[3] + 0.5, True)
    # who has been here before is not held up, and a right password helps
    start = time.monotonic()
    say(session(i), plain("bob", "p\u00e4ss w\u00f6rt"), "235")
    t.equal(time.monotonic() - start < 0.9, True)
    say(session(i), plain("alice", "secret"), "235")
    start = time.monotonic()
    say(session(i), plain("alice", "secret"), "235")
    t.equal(time.monotonic() - start < 0.9, True)


test_guessing_is_slowed.timeout = 120


# real clients

def test_python_smtplib(t):
    i = setup(t, tls=True)
    for mech in ("auth_plain", "auth_login"):
        with smtplib.SMTP("127.0.0.1", i.port()) as s:
            s.ehlo("client.test")
            t.equal("auth" in s.esmtp_features, False)
            s.starttls()
            s.ehlo("client.test")
            s.user, s.password = "alice", "secret"
            t.equal(s.auth(mech[5:].upper(), getattr(s, mech))[0], 235)
            s.sendmail("a@client.test", ["carol@example.test"], "Subject: x\r\n\r\nx\r\n")
    i.wait_delivered("carol", 2)


def test_swaks(t):
    t.need("program:swaks")
    i = setup(t, tls=True)
    for mech in ("PLAIN", "LOGIN"):
        status, out = i.run("swaks --server 127.0.0.1 --port %d --tls --auth %s --auth-user alice --auth-password secret "
                            "--from a@client.test --to dave@example.test --helo client.test" % (i.port(), mech))
        t.equal((mech, status), (mech, 0))
    status, out = i.run("swaks --server 127.0.0.1 --port %d --tls --auth PLAIN --auth-user alice --auth-password no "
                        "--from a@client.test --to dave@example.test --helo client.test" % i.port())
    t.match("535 5.7.8", out)
    i.wait_delivered("dave", 2)


def test_curl(t):
    t.need("program:curl")
    i = setup(t, tls=True)
    i.file("mail.txt", "Subject: x\n\nx\n")
    for option in ("--login-options AUTH=PLAIN", "--login-options AUTH=LOGIN", "--login-options AUTH=SCRAM-SHA-256", ""):
        status, out = i.run("curl -sS -k --ssl-reqd smtp://127.0.0.1:%d/client.test --mail-from a@client.test "
                            "--mail-rcpt dave@example.test -T mail.txt -u alice:secret %s" % (i.port(), option))
        if "SCRAM" in option and status != 0:
            continue  # not every curl has it
        t.equal((option, status, out), (option, 0, ""))
    i.wait_delivered("dave", 3)


def test_gsasl(t):
    t.need("program:gsasl")
    i = setup(t, tls=True)
    for mech in ("SCRAM-SHA-256", "PLAIN", "LOGIN"):
        status, out = i.run("gsasl --smtp --connect 127.0.0.1:%d --mechanism %s -a alice -z '' -p secret --no-cb "
                            "--x509-ca-file='' --verbose </dev/null 2>&1" % (i.port(), mech))
        t.match("235 2.7.0|Client authentication finished", out)
        i.wait_log("connect from")
    t.match("535", i.run("gsasl --smtp --connect 127.0.0.1:%d --mechanism SCRAM-SHA-256 -a alice -z '' -p wrong --no-cb "
                         "--x509-ca-file='' --verbose </dev/null 2>&1" % i.port())[1])
