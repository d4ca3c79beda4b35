# test_local_delivery.py - programs that other people wrote take the mail: Dovecot's LMTP and dovecot-lda, maildrop,
# procmail, mlmmj, rmail
# SPDX-License-Identifier: ISC
import os
import pwd
import shutil
import subprocess
import time

from lib import proc

LMTP_CONF = """\
base_dir = %(dir)s/dovecot
state_dir = %(dir)s/dovecot
log_path = %(dir)s/dovecot.log
protocols = lmtp
ssl = no
mail_location = maildir:~/
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = %(internal)s
default_login_user = %(login)s
default_internal_group = %(group)s
auth_username_format = %%n
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
hostname = mail.example.test
postmaster_address = postmaster@mail.example.test
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%n %(dir)s/dovecot.passwd
}
userdb {
  driver = passwd-file
  args = username_format=%%n %(dir)s/dovecot.passwd
}
service anvil {
  chroot =
}
service lmtp {
  user = root
  unix_listener %(dir)s/dovecot-lmtp {
    mode = 0666
  }
}
"""

LMTP_CONF_24 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = %(dir)s/dovecot
state_dir = %(dir)s/dovecot
log_path = %(dir)s/dovecot.log
protocols = lmtp
ssl = no
mail_driver = maildir
mail_path = ~/
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = %(internal)s
default_login_user = %(login)s
default_internal_group = %(group)s
auth_username_format = %%{user | username}
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
hostname = mail.example.test
postmaster_address = postmaster@mail.example.test
passdb passwd-file {
  passwd_file_path = %(dir)s/dovecot.passwd
}
userdb passwd-file {
  passwd_file_path = %(dir)s/dovecot.passwd
}
service anvil {
  chroot =
}
service lmtp {
  user = root
  unix_listener lmtp {
    path = %(dir)s/dovecot-lmtp
    mode = 0666
  }
}
"""

LDA_CONF = """\
log_path = /dev/stderr
ssl = no
postmaster_address = postmaster@mail.example.test
first_valid_uid = 1
first_valid_gid = 1
"""


def is_dovecot_23():
    return subprocess.run(["dovecot", "--version"], capture_output=True, text=True).stdout.startswith("2.3")


def lda_conf(place):
    """The configuration of dovecot-lda with a Maildir there."""
    if is_dovecot_23():
        return LDA_CONF + "mail_location = maildir:%s\nhostname = mail.example.test\n" % place
    return ("dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" + LDA_CONF +
            "mail_driver = maildir\nmail_path = %s\nhostname = mail.example.test\n" % place)


def wait_for(t, what, condition, seconds=15):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            t.fail("waited for " + what)
        time.sleep(0.05)


def test_dovecot_lmtp(t):
    """mailbox_transport = lmtp:unix:...: Dovecot stores the mail, and refuses whom it does not know."""
    t.need("SMTPD", "LOCAL", "LMTP", "root", "program:dovecot")
    if not os.path.exists("/usr/lib/dovecot/lmtp"):
        t.skip("no Dovecot LMTP (package dovecot-lmtpd)")
    i = t.instance("mailbox_transport = lmtp:unix:%s/dovecot-lmtp\nlocal_recipient_maps =" % os.path.join(t.dir, "i0"),
                   master=["lmtp unix - - n - - lmtp"], start=False)
    i.conf("recipient_delimiter = +")
    i.start()
    local, dovenull = i.env.local, pwd.getpwnam("dovenull")
    home = os.path.join(i.dir, "mail", "ann")
    os.mkdir(home)
    os.chown(home, local.pw_uid, local.pw_gid)
    i.file("dovecot.passwd", "ann:x:%d:%d::%s::\n" % (local.pw_uid, local.pw_gid, home))
    text = LMTP_CONF if is_dovecot_23() else LMTP_CONF_24
    conf = i.file("dovecot.conf", text % {"dir": i.dir, "internal": "dovecot", "login": dovenull.pw_name,
                                          "group": "dovecot"})
    os.mkdir(os.path.join(i.dir, "dovecot"))
    d = subprocess.Popen(["dovecot", "-F", "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(t, "Dovecot", lambda: os.path.exists(os.path.join(i.dir, "dovecot-lmtp")))
        i.send("alice@example.test", ["ann+box@mail.example.test", "nobodyhere@mail.example.test"],
               "Subject: one\n\nfirst\n.dot\n")
        t.match("(?m)^.dot$", i.wait_delivered("ann")[0])
        i.wait_log(r"lmtp\[\d+\]: \w+: to=<ann\+box@mail\.example\.test>, relay=\S+\[\S+dovecot-lmtp\], .*status=sent "
                   r"\(250 2\.0\.0 <ann\+box@mail\.example\.test> \S+ Saved\)")
        i.wait_log(r"to=<nobodyhere@mail\.example\.test>, .*dsn=5\.1\.1, status=bounced \(host .* said: 550 5\.1\.1 ")
        i.wait_delivered("alice")
        i.wait_queue("all", 0)
    finally:
        d.terminate()
        d.wait()


def spooled(t, conf, master=(), users=("ann",), files=None, rc=None):
    i = t.instance(conf, master=list(master), files=files, start=False)
    for name in users:
        i.user(name)
    if rc:  # a file in the home of the first user, and that user's
        home = os.path.join(i.dir, "home", users[0])
        owner = os.stat(home)
        os.chown(i.file(os.path.join(home, rc[0]), rc[1], 0o600), owner.st_uid, owner.st_gid)
    i.start()
    return i


def test_dovecot_lda_as_mailbox_command(t):
    t.need("SMTPD", "LOCAL", "root")
    lda = "/usr/lib/dovecot/dovecot-lda"
    if not os.path.exists(lda):
        t.skip("no dovecot-lda (package dovecot-core)")
    i = spooled(t, 'mailbox_command = %s -c $dir/lda.conf -f "$SENDER" -a "$RECIPIENT"' % lda,
                files={"lda.conf": lda_conf("~/Maildir")})
    i.send("alice@example.test", "ann@mail.example.test", "Subject: one\n\nFrom here\n")
    i.wait_log(r"to=<ann@mail\.example\.test>, relay=local, .*status=sent \(delivered to command: ")
    new = os.path.join(i.dir, "home", "ann", "Maildir", "new")
    with open(os.path.join(new, os.listdir(new)[0])) as f:
        text = f.read()
    t.match("(?m)^Return-Path: <alice@example.test>$", text)
    t.match("(?m)^Delivered-To: ann@mail.example.test$", text)
    t.match("(?m)^From here$", text)


def test_dovecot_lda_by_pipe(t):
    t.need("SMTPD", "PIPE", "root")
    lda = "/usr/lib/dovecot/dovecot-lda"
    if not os.path.exists(lda):
        t.skip("no dovecot-lda (package dovecot-core)")
    i = spooled(t, "mailbox_transport = dovecot\ndovecot_destination_recipient_limit = 1",
                master=["dovecot unix - n n - - pipe flags=DRhu user=ann argv=%s -c $dir/lda.conf -f ${sender} -a "
                        "${recipient}" % lda],
                files={"lda.conf": lda_conf("$dir/home/ann/box")})
    i.send("alice@example.test", "ann@mail.example.test", "Subject: one\n\nFrom here\n")
    i.wait_log(r"pipe\[\d+\]: \w+: to=<ann@mail\.example\.test>, relay=dovecot, .*status=sent \(delivered via dovecot")
    new = os.path.join(i.dir, "home", "ann", "box", "new")
    t.equal(len(os.listdir(new)), 1)


def test_procmail(t):
    t.need("SMTPD", "LOCAL", "root", "program:procmail")
    i = spooled(t, 'mailbox_command = procmail -a "$EXTENSION"\nrecipient_delimiter = +',
                rc=(".procmailrc", "MAILDIR=$dir/home/ann\nDEFAULT=$dir/home/ann/inbox\n"
                                   "ARG=$1\n:0\n* ARG ?? lists\nlists/\n"))
    i.send("alice@example.test", "ann+lists@mail.example.test", "Subject: one\n\nfirst\n")
    i.send("alice@example.test", "ann@mail.example.test", "Subject: two\n\nsecond\n")
    i.wait_queue("all", 0)
    new = os.path.join(i.dir, "home", "ann", "lists", "new")
    with open(os.path.join(new, os.listdir(new)[0])) as f:
        t.match("Subject: one", f.read())
    with open(os.path.join(i.dir, "home", "ann", "inbox")) as f:
        t.match(r"\AFrom alice@example\.test  ", f.read())


def test_maildrop(t):
    t.need("SMTPD", "LOCAL", "root", "program:maildrop")
    i = spooled(t, 'mailbox_command = maildrop -d "$USER" -f "$SENDER"',
                rc=(".mailfilter", 'to "$dir/home/ann/box"\n'))
    i.send("alice@example.test", "ann@mail.example.test", "Subject: one\n\nfirst\n")
    i.wait_log(r"to=<ann@mail\.example\.test>, relay=local, .*status=sent \(delivered to command: maildrop")
    with open(os.path.join(i.dir, "home", "ann", "box")) as f:
        t.match("Subject: one", f.read())


def test_mlmmj(t):
    """A list by an alias: a post comes out to a member through mlmmj's own SMTP client."""
    t.need("SMTPD", "LOCAL", "root")
    if not os.path.exists("/usr/bin/mlmmj-receive"):
        t.skip("no mlmmj-receive (package mlmmj)")
    i = spooled(t, "recipient_delimiter = +\ndefault_privs = lister", users=("lister",),
                files={"aliases": 'postmaster lister\nnews "|/usr/bin/mlmmj-receive -L $dir/list/ -F"\n'})
    where = os.path.join(i.dir, "list")
    for sub in ("incoming queue/discarded archive text subconf unsubconf bounce control moderation subscribers.d digesters.d "
                "nomailsubs.d requeue").replace("queue/discarded", "queue queue/discarded").split():
        os.makedirs(os.path.join(where, sub))
    i.file("list/control/listaddress", "news@mail.example.test\n")
    i.file("list/control/owner", "lister@mail.example.test\n")
    i.file("list/control/relayhost", "127.0.0.1\n")
    i.file("list/control/smtpport", "$port\n")
    i.file("list/control/modifiedhdrs", "")
    i.file("list/subscribers.d/b", "bob@example.test\nalice@example.test\n")
    i.file("list/index", "0\n")
    if os.path.isdir("/usr/share/mlmmj/text.skel/en"):
        shutil.copytree("/usr/share/mlmmj/text.skel/en", os.path.join(where, "text"), dirs_exist_ok=True)
    owner = os.stat(os.path.join(i.dir, "home", "lister"))
    for path, _, names in os.walk(where):
        for n in [""] + names:
            os.chown(os.path.join(path, n), owner.st_uid, owner.st_gid)
    i.send("alice@example.test", "news@mail.example.test", "Subject: hello\nFrom: alice@example.test\n"
           "To: news@mail.example.test\nMessage-ID: <1@example.test>\n\nto all\n")
    i.wait_log(r"to=<news@mail\.example\.test>.* relay=local, .*status=sent \(delivered to command: /usr/bin/mlmmj-receive")
    text = i.wait_delivered("bob")[0]
    t.match(r"(?m)^Return-Path: <news\+bounces-1-bob=example\.test@mail\.example\.test>$", text)


def test_what_uux_is_given(t):
    t.need("SMTPD", "PIPE", "root")
    i = t.instance("transport_maps = inline:{far.test=uucp:there}\nrelay_domains = far.test",
                   master=["uucp unix - n n - - pipe flags=Fqhu user=games argv=$dir/uux -r -n -z -a$sender - "
                           "$nexthop!rmail ($recipient)"],
                   files={"uux": "#!/bin/sh\n"}, start=False)
    # uux(1): -aSENDER, then "system!command" and arguments in parentheses that name no file.
    i.file("uux", '#!/bin/sh\nfor a; do echo "[$a]"; done > %s/tmp/args; cat > %s/tmp/in\n' % (i.dir, i.dir), 0o755)
    os.mkdir(os.path.join(i.dir, "tmp"), 0o777)
    os.chmod(os.path.join(i.dir, "tmp"), 0o777)
    i.start()
    i.send("alice@example.test", "Bob@Far.Test", "Subject: one\n\nfirst\nFrom here\n")
    i.wait_log(r"to=<Bob@Far\.Test>, relay=uucp, .*status=sent \(delivered via uucp service\)")
    with open(os.path.join(i.dir, "tmp", "args")) as f:
        t.equal(f.read().split("\n"), ["[-r]", "[-n]", "[-z]", "[-aalice@example.test]", "[-]", "[there!rmail]",
                                       "[(bob@far.test)]", ""])
    with open(os.path.join(i.dir, "tmp", "in")) as f:
        mail = f.read()
    t.match(r"\AFrom alice@example\.test  ", mail)


UUCP = """
nodename %(name)s
spool %(dir)s/spool
pubdir %(dir)s/pub
lockdir %(dir)s
logfile %(dir)s/log
statfile %(dir)s/stats
debugfile %(dir)s/debug
sysfile %(dir)s/sys
portfile %(dir)s/port
dialfile %(dir)s/dial
dialcodefile %(dir)s/dialcode
callfile %(dir)s/call
passwdfile %(dir)s/passwd
"""


def uucp_system(i, name, **files):
    """A UUCP system of this name below the instance; returns its configuration."""
    where = os.path.join(i.dir, name)
    files["config"] = UUCP % {"name": name, "dir": where}
    for f in "config", "sys", "port", "dial", "dialcode", "call", "passwd":
        i.file(os.path.join(name, f), files.get(f, ""))
    for sub in "", "spool", "pub":
        os.makedirs(os.path.join(where, sub), exist_ok=True)
        shutil.chown(os.path.join(where, sub), "uucp", "uucp")
    return os.path.join(where, "config")


def test_rmail_through_uux(t):
    """pipe gives mail to uux, uucico calls the other system, whose uuxqt runs rmail, which calls our sendmail."""
    t.need("SMTPD", "PIPE", "root", "program:rmail", "program:uux", "program:uucico")
    if not os.path.exists("/usr/lib/sendmail"):
        t.skip("rmail without /usr/lib/sendmail")
    i = t.instance("transport_maps = inline:{far.test=uucp:there}\nrelay_domains = far.test", start=False,
                   master=["uucp unix - n n - - pipe flags=Fqhu user=uucp argv=/usr/bin/uux -I $dir/here/config -r -n -z "
                           "-a$sender - $nexthop!rmail ($user@example.test)"])
    os.chmod(i.dir, 0o755)
    far = uucp_system(i, "there", passwd="here secret\n",
                      sys="system here\ncalled-login here\ncommands rmail\ncommand-path /usr/bin /usr/sbin\nprotocol t\n")
    near = uucp_system(i, "here", call="there here secret\n", port="port link\ntype pipe\ncommand /usr/sbin/uucico -I %s -l\n" % far,
                       sys="system there\ntime any\nport link\ncall-login *\ncall-password *\nprotocol t\n")
    i.file("sendmail", '#!/bin/sh\nMAIL_CONFIG=%s/etc exec %s/bin/sendmail "$@"\n' % (i.dir, i.dir), 0o755)
    proc.private_file(os.path.realpath("/usr/lib/sendmail"), os.path.join(i.dir, "sendmail"))
    i.start()
    i.send("alice@example.test", "Bob@Far.Test", "Subject: one\n\nfirst\nFrom here\n")
    i.wait_log(r"to=<Bob@Far\.Test>, relay=uucp, .*status=sent \(delivered via uucp service\)")
    status, out = i.run("/usr/sbin/uucico -I %s -S there" % near, user="uucp")
    t.equal((status, out), (0, ""))
    text = i.wait_delivered("bob")[0]
    t.match(r"(?m)^Return-Path: <alice@example\.test>$", text)
    t.match(r"(?m)^Subject: one$", text)
    t.match(r"(?m)^first\n>?From here$", text)
    i.wait_log(r"pickup\[\d+\]: [0-9A-F]+: uid=%d from=<alice@example\.test>" % pwd.getpwnam("uucp").pw_uid)
