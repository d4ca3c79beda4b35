# test_senders.py - programs that nobody here wrote send mail: over SMTP, with TLS, and through the sendmail command
# SPDX-License-Identifier: ISC
import smtplib
import ssl

TLS = "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = $dir/certs/server.key $dir/certs/server.pem"


def subject_of(i, user, count=1):
    i.wait_delivered(user, count)
    return [m["Subject"] for m in i.mail(user)]


def run(t, i, command, stdin="", **kw):
    status, out = i.run(command, stdin, **kw)
    if status != 0:
        t.fail("%s: exit status %d\n%s" % (command, status, out))
    return out


def tls_instance(t):
    t.need("SMTPD", "VIRTUAL", "TLS")
    i = t.instance(TLS, start=False)
    i.certs()
    i.start()
    return i


def test_swaks(t):
    t.need("program:swaks")
    i = tls_instance(t)
    out = run(t, i, "swaks --server 127.0.0.1 --port $P --helo client.test --from s@client.test --to alice@example.test,"
              "bob@example.test --header 'Subject: swaks' --pipeline".replace("$P", str(i.port())))
    t.match(r"<-  250 2\.0\.0 Ok: queued as", out)
    t.equal(subject_of(i, "alice"), ["swaks"])
    t.equal(subject_of(i, "bob"), ["swaks"])


def test_swaks_tls(t):
    t.need("program:swaks")
    if i_lacks_perl_tls(t):
        t.skip("needs perl's Net::SSLeay")
    i = tls_instance(t)
    out = run(t, i, "swaks --server 127.0.0.1 --port %d --helo client.test --from s@client.test --to alice@example.test "
              "--tls --header 'Subject: swaks tls'" % i.port())
    t.match(r"TLS started with cipher TLSv1\.[23]", out)
    i.wait_delivered("alice")
    t.match(r"with ESMTPS id", i.maildir("alice")[0])


def i_lacks_perl_tls(t):
    import subprocess
    return subprocess.run(["perl", "-MNet::SSLeay", "-e", "1"], capture_output=True).returncode != 0


def test_msmtp(t):
    t.need("program:msmtp")
    i = tls_instance(t)
    out = run(t, i, "msmtp --host=127.0.0.1 --port=%d --tls=on --tls-starttls=on --tls-trust-file=$D/certs/ca.pem "
              "--domain=client.test --from=m@client.test alice@example.test".replace("$D", i.dir) % i.port(),
              "Subject: msmtp\n\n.dot\nline\n") if msmtp_verifies(t) else \
        run(t, i, "msmtp --host=127.0.0.1 --port=%d --domain=client.test --from=m@client.test alice@example.test" % i.port(),
            "Subject: msmtp\n\n.dot\nline\n")
    t.equal(out, "")
    t.equal(subject_of(i, "alice"), ["msmtp"])
    t.match(r"(?m)^\.dot$", i.maildir("alice")[0].replace("\r", ""))


def msmtp_verifies(t):
    import subprocess
    return "TLS" in subprocess.run(["msmtp", "--version"], capture_output=True, text=True).stdout


def test_curl(t):
    t.need("program:curl")
    i = tls_instance(t)
    i.file("letter", "From: c@client.test\r\nSubject: curl\r\n\r\nhello\r\n")
    run(t, i, "curl -sS --url smtp://127.0.0.1:%d/client.test --ssl-reqd --cacert certs/ca.pem --mail-from c@client.test "
        "--mail-rcpt alice@example.test --mail-rcpt carol@example.test --upload-file letter" % i.port())
    t.equal(subject_of(i, "alice"), ["curl"])
    t.equal(subject_of(i, "carol"), ["curl"])
    t.match(r"with ESMTPS id", i.maildir("alice")[0])


def test_python_smtplib(t):
    i = tls_instance(t)
    context = ssl.create_default_context(cafile=i.certs() + "/ca.pem")
    with smtplib.SMTP("localhost", i.port(), local_hostname="client.test", timeout=20) as s:
        s.starttls(context=context)
        refused = s.sendmail("p@client.test", ["alice@example.test", "nobody@example.test"],
                             "Subject: smtplib\r\n\r\n" + "x" * 900 + "\r\n.\r\nend\r\n")
        t.equal(list(refused), ["nobody@example.test"])
        t.equal(refused["nobody@example.test"][0], 550)
        s.sendmail("p@client.test", ["alice@example.test"], "Subject: again\r\n\r\nb\r\n", mail_options=["BODY=8BITMIME"])
        t.equal(s.noop()[0], 250)
        t.equal(s.vrfy("alice@example.test")[0], 252)
    t.equal(sorted(subject_of(i, "alice", 2)), ["again", "smtplib"])


def test_s_nail_smtp(t):
    t.need("program:s-nail", "SMTPD", "VIRTUAL")
    i = t.instance()
    run(t, i, "s-nail -:/ -Sv15-compat -Smta=smtp://127.0.0.1:%d -Ssmtp-auth=none -Sfrom=n@client.test "
        "-Shostname=client.test -s 's-nail' alice@example.test" % i.port(), "text\n")
    t.equal(subject_of(i, "alice"), ["s-nail"])


def test_s_nail_sendmail(t):
    t.need("program:s-nail", "VIRTUAL")
    i = t.instance()
    run(t, i, "s-nail -:/ -Smta=%s/bin/sendmail -s 'by mta' -r n@client.test alice@example.test" % i.dir, "text\n")
    t.equal(subject_of(i, "alice"), ["by mta"])


def test_git_send_email(t):
    t.need("program:git", "SMTPD", "VIRTUAL")
    if i_lacks(["git", "send-email", "-h"]):
        t.skip("needs git send-email")
    i = t.instance()
    i.file("0001-change.patch", "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
           "From: Dev <dev@client.test>\nDate: Sat, 1 Jan 2022 00:00:00 +0000\nSubject: [PATCH] change\n\nwhy\n---\n")
    common = "git -c user.name=Dev -c user.email=dev@client.test send-email --quiet --confirm=never --no-validate " \
             "--suppress-cc=all --from=dev@client.test --to=alice@example.test "
    run(t, i, "HOME=%s " % i.dir + common + "--smtp-server=127.0.0.1 --smtp-server-port=%d --smtp-domain=client.test "
        "0001-change.patch" % i.port())
    run(t, i, "HOME=%s " % i.dir + common + "--smtp-server=%s/bin/sendmail 0001-change.patch" % i.dir)
    t.equal(subject_of(i, "alice", 2), ["[PATCH] change"] * 2)


def i_lacks(command):
    import subprocess
    out = subprocess.run(command, capture_output=True, text=True)
    return "not a git command" in out.stderr


# The command lines of cron, PHP, monitoring programs and others, as they stand in those programs.
CALLERS = (
    ("cronie", "sendmail -FCronDaemon -i -odi -oem -oi -t -f root@client.test", True),
    ("debian-cron", "sendmail -i -FCronDaemon -B8BITMIME -oem alice@example.test", False),
    ("busybox-crond", "sendmail -ti", True),
    ("php", "sendmail -t -i -f www@client.test", True),
    ("apinger", "sendmail -t", True),
    ("nut", "sendmail alice@example.test", False),
    ("smartd", "sendmail -oi -fsmartd@client.test alice@example.test", False),
    ("mdadm", "sendmail -t", True),
    ("mailx", "sendmail -i -- alice@example.test", False),
    ("bsd-mailx", "sendmail -i -r m@client.test alice@example.test", False),
    ("mutt", "sendmail -oem -oi -f m@client.test -- alice@example.test", False),
    ("exim-like", "sendmail -bm -oep -oi -om alice@example.test", False),
    ("logwatch", "sendmail -t -oi -odb", True),
    ("sudo", "sendmail -t", True),
    ("perl-mime-lite", "sendmail -t -oi -oem", True),
    ("queue-id", "sendmail -N failure,delay -R hdrs -V ENV1 -f m@client.test alice@example.test", False),
)


def test_sendmail_callers(t):
    t.need("VIRTUAL")
    i = t.instance()
    for name, command, from_header in CALLERS:
        text = ("To: alice@example.test\n" if from_header else "") + "Subject: %s\n\nbody\n" % name
        if name == "nut":
            text += ".\n"
        run(t, i, command, text)
    i.wait_delivered("alice", len(CALLERS))
    t.equal(sorted(m["Subject"] for m in i.mail("alice")), sorted(c[0] for c in CALLERS))
    cron = [m for m in i.mail("alice") if m["Subject"] == "cronie"][0]
    t.match("CronDaemon", cron["From"])
    t.equal(cron["Return-Path"], "<root@client.test>")


def test_sendmail_bs(t):
    t.need("VIRTUAL", "SMTPD")
    i = t.instance()
    out = run(t, i, "sendmail -bs", "EHLO x\r\nMAIL FROM:<s@client.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n"
              "Subject: bs\r\n\r\nhi\r\n.\r\nQUIT\r\n")
    t.match(r"^250 2\.0\.0 Ok: queued as", out)
    t.equal(subject_of(i, "alice"), ["bs"])
