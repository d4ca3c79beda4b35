# test_cron.py - real cron daemons mail the output of a job through our sendmail
# SPDX-License-Identifier: ISC
import os
import signal
import subprocess

from lib.instance import wait_until

WRAPPER = """#!/bin/sh
echo "$0 $*" >>%(dir)s/calls
MAIL_CONFIG=%(config)s exec %(dir)s/bin/sendmail "$@"
"""


def prepare(t):
    t.need("root", "postlet", "VIRTUAL")
    i = t.instance()
    os.mkdir(os.path.join(i.dir, "tabs"))
    path = i.file("sendmail.wrapper", WRAPPER % {"dir": i.dir, "config": i.config}, 0o755)
    return i, path


def wait_mail(t, i, command, seconds, sender):
    p = subprocess.Popen(command, cwd=i.dir, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=open(os.path.join(i.dir, "cron.err"), "w"), start_new_session=True)
    try:
        wait_until("mail of the job", lambda: i.maildir("alice") or p.poll() is not None, seconds)
    finally:
        if p.poll() is None:
            os.killpg(p.pid, signal.SIGTERM)
        p.wait()
    with open(os.path.join(i.dir, "cron.err")) as f:
        errors = f.read()
    if not i.maildir("alice"):
        if "mount" in errors or "unshare" in errors:
            t.skip("cannot make a private mount namespace: " + errors.strip())
        t.fail("no mail: " + errors)
    mail = i.mail("alice")[0]
    t.match("hello from the job", mail.as_string())
    t.match(sender, mail["From"])
    with open(os.path.join(i.dir, "calls")) as f:
        return f.read()


def test_debian_cron(t):
    """@reboot runs at once; cron calls /usr/sbin/sendmail, so another stands in its place here."""
    t.need("program:cron", "program:unshare")
    for path in ("/usr/sbin/sendmail", "/var/spool/cron/crontabs", "/etc/cron.d", "/etc/crontab"):
        if not os.path.exists(path):
            t.skip("there is no %s to put another in its place" % path)
    i, wrapper = prepare(t)
    i.file("tabs/root", "MAILTO=alice@example.test\n@reboot echo hello from the job\n", 0o600)
    os.chmod(os.path.join(i.dir, "tabs", "root"), 0o600)
    script = "mount --bind %s /usr/sbin/sendmail && mount --bind %s/tabs /var/spool/cron/crontabs && " \
             "mount -t tmpfs none /etc/cron.d && mount --bind /dev/null /etc/crontab && mount -t tmpfs none /run && " \
             "exec cron -f" % (wrapper, i.dir)
    calls = wait_mail(t, i, ["unshare", "-m", "sh", "-c", script], 30, "Cron Daemon")
    t.match("-FCronDaemon", calls)


def test_busybox_crond(t):
    """It looks at the clock once a minute."""
    t.need("program:busybox", "program:unshare")
    if "crond" not in subprocess.run(["busybox", "--list"], capture_output=True, text=True).stdout.split():
        t.skip("this busybox has no crond")
    i, wrapper = prepare(t)
    os.mkdir(os.path.join(i.dir, "path"))
    os.symlink(wrapper, os.path.join(i.dir, "path", "sendmail"))
    i.file("tabs/root", "MAILTO=alice@example.test\n* * * * * echo hello from the job\n", 0o600)
    script = "test ! -e /usr/sbin/sendmail || mount --bind %s /usr/sbin/sendmail; " \
             "PATH=%s/path:$PATH exec busybox crond -f -c %s/tabs -l 0" % (wrapper, i.dir, i.dir)
    calls = wait_mail(t, i, ["unshare", "-m", "sh", "-c", script], 100, "")
    t.match("-ti", calls)


test_busybox_crond.timeout = 150
