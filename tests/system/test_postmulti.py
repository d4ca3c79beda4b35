# test_postmulti.py - several instances on one machine; the same script against ours and Debian's Postfix
# SPDX-License-Identifier: ISC
import os
import re
import shutil
import subprocess

# Runs with a private /etc/postfix; $D is a directory of its own. Standard output and exit statuses are compared.
SCRIPT = r"""
mount --bind "$D/etc" /etc/postfix || exit 77
cd "$D"
mkdir spool lib && chown postfix lib
a="config_directory=$D/a-etc queue_directory=$D/a-spool data_directory=$D/a-lib"
b="config_directory=$D/b-etc queue_directory=$D/b-spool data_directory=$D/b-lib"
c="config_directory=$D/c-etc queue_directory=$D/c-spool data_directory=$D/c-lib"
t() { "$@"; echo "status $?: $*"; }
t postmulti -l
t postmulti -e init
t postmulti -e create -I postfix-a -G g $a
t postmulti -l
postconf -c a-etc -h queue_directory data_directory master_service_disable authorized_submit_users multi_instance_group
ls a-etc
for d in incoming active deferred hold maildrop pid public private; do test -d a-spool/$d || echo missing $d; done
t postmulti -e create -I postfix-a config_directory=$D/b-etc
t postmulti -e create -I b $b
t postmulti -e create -I postfix-b config_directory=b-etc
t postmulti -e create -I postfix-b data_directory=/
t postmulti -e create -I postfix-b mail_owner=/x
t postmulti -e create -I postfix-b -G h -a $b
t postmulti -e create -I postfix-c -G h -i postfix-a config_directory=$D/c-etc queue_directory=$D/a-spool
t postmulti -e create -I postfix-c -G h -g g $c
t postmulti -l
t postmulti -lR
t postmulti -l -g h
t postmulti -l -g nope
t postmulti -l -i nope
t postmulti -l -i -
t postmulti -l -i $D/a-etc
t postmulti -e enable -i postfix-a
t postmulti -e enable
t postmulti -e enable -i postfix-a -I postfix-q
t postmulti -e disable -i postfix-a x=y
t postmulti -e assign -i postfix-a -I - -G -
t postmulti -l
t postmulti -e assign -i $D/a-etc -I postfix-x -G z
t postmulti -e assign -i postfix-x
t postmulti -e assign -i postfix-x -G 'a b'
t postmulti -x sh -c 'echo $MAIL_CONFIG $multi_instance_name $multi_instance_group $multi_instance_enable $queue_directory $data_directory $config_directory; exit 3'
t postmulti -g h -x true
t postmulti -R -x sh -c 'echo $MAIL_CONFIG'
t postmulti -p status
t postfix status
t postmulti -e destroy -i postfix-x
t postmulti -e destroy -i -
t postmulti -e disable -i postfix-x
touch a-etc/extra
t postmulti -e destroy -i postfix-x
ls a-etc a-spool a-lib
t postmulti -e deport -i postfix-b
t postmulti -e deport -i -
t postmulti -e deport -i postfix-b
t postmulti -e import -i postfix-c -G new config_directory=$D/b-etc
t postmulti -e import config_directory=$D/b-etc
t postmulti -e import -I postfix-zz config_directory=$D/zz-etc
t postmulti -e create
t postmulti -e bogus
t postmulti
t postmulti -l -p x
t postmulti -p
t postmulti -l -I postfix-z
MAIL_CONFIG=$D/b-etc t postmulti -l
t postmulti -l
grep multi_ /etc/postfix/main.cf | sort
postconf -X multi_instance_wrapper
t postfix status
"""

SERVICES = "pickup unix n - n 60 1 pickup\nqmgr unix n - n 300 1 qmgr\n"
MAIN = "queue_directory = %(d)s/spool\ndata_directory = %(d)s/lib\ncompatibility_level = 3.6\n%(more)s\n"


def private_run(t, where, bindir, script, more=""):
    """A shell script with %s/etc in the place of /etc/postfix: its standard output, directories made alike."""
    os.makedirs(os.path.join(where, "etc"))
    for name, text in (("main.cf.proto", "# nothing\n"), ("master.cf.proto", SERVICES)):
        if os.path.exists("/etc/postfix/" + name):  # Debian's postmulti-script wants its own
            for other in os.listdir("/etc/postfix"):
                if os.path.isfile("/etc/postfix/" + other):
                    shutil.copy("/etc/postfix/" + other, os.path.join(where, "etc", other))
        if not os.path.exists(os.path.join(where, "etc", name)):
            with open(os.path.join(where, "etc", name), "w") as f:
                f.write(text)
    with open(os.path.join(where, "etc", "main.cf"), "w") as f:
        f.write(MAIN % {"d": where, "more": more})
    shutil.copy(os.path.join(where, "etc", "master.cf.proto"), os.path.join(where, "etc", "master.cf"))
    environ = dict(os.environ, D=where, PATH=bindir + ":/usr/sbin:/usr/bin:/sbin:/bin")
    environ.pop("MAIL_CONFIG", None)
    p = subprocess.run(["unshare", "-m", "sh", "-c", script], env=environ, stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, timeout=200)
    if p.returncode == 77 or "unshare" in p.stderr[:20]:
        t.skip("cannot make a private mount namespace: " + p.stderr.strip())
    return p.stdout.replace(where, "DIR"), p.stderr


def prepare(t):
    t.need("POSTMULTI", "root", "postlet", "program:unshare")
    if not os.path.isdir("/etc/postfix"):
        t.skip("there is no /etc/postfix to put another directory in its place")
    os.makedirs(t.dir, exist_ok=True)
    return t.env.applet_dir(os.path.join(t.dir, "bin"))


def test_same_as_postfix(t):
    """Listing, selection, creation, change and removal of instances, with the texts and exit statuses of Postfix."""
    t.need("program:postmulti")
    bindir = prepare(t)
    if os.path.realpath("/usr/sbin/postmulti").endswith("postlet"):
        t.skip("postmulti is postlet's")
    theirs, _ = private_run(t, os.path.join(t.dir, "theirs"), "/usr/sbin", SCRIPT)
    ours, errors = private_run(t, os.path.join(t.dir, "ours"), bindir, SCRIPT, "command_directory = " + bindir)
    theirs = re.sub(r"(?m)^updating /etc/.*\n", "", theirs)  # Debian 13 fills the jail at once
    t.match(r"postmulti: fatal: New instance name must start with 'postfix-'", errors)
    t.match(r"postmulti: fatal: Cannot remove enabled instances", errors)
    t.match(r"multi-instance support is requested, but multi_instance_wrapper is empty", errors)
    for a, b in zip(ours.splitlines(), theirs.splitlines()):
        t.equal(a, b)
    t.equal(len(ours.splitlines()), len(theirs.splitlines()))


test_same_as_postfix.timeout = 400  # Debian's postmulti-script is slow


def test_start_and_stop_all(t):
    """postfix start goes round all instances; those that are not enabled are left alone."""
    bindir = prepare(t)
    script = r"""
mount --bind "$D/etc" /etc/postfix || exit 77
cd "$D"
mkdir spool lib
postmulti -e init
for i in a b; do
    postmulti -e create -I postfix-$i config_directory=$D/$i-etc queue_directory=$D/$i-spool data_directory=$D/$i-lib
done
postmulti -e enable -i postfix-a
postfix start; echo "start $?"
for d in etc a-etc b-etc; do MAIL_CONFIG=$D/$d postfix status >/dev/null 2>&1; echo "$d $?"; done
postfix start-fg; echo "start-fg $?"
postfix -c $D/b-etc start; echo "start b $?"
postmulti -i postfix-b -p stop; postfix -c $D/b-etc status 2>/dev/null; echo "b still $?"
postfix -c $D/b-etc stop
postfix reload; echo "reload $?"
postmulti -e destroy -i postfix-a; echo "destroy running $?"
postfix stop; echo "stop $?"
for d in etc a-etc b-etc; do MAIL_CONFIG=$D/$d postfix status >/dev/null 2>&1; echo "$d $?"; done
mkdir -p b-spool/deferred/4 && echo x >b-spool/deferred/4/4ABCDEF012
postmulti -e destroy -i postfix-b; echo "destroy full $?"
rm b-spool/deferred/4/4ABCDEF012
postmulti -e destroy -i postfix-b; echo "destroy $?"; ls -d b-* 2>/dev/null
postmulti -lj
"""
    out, errors = private_run(t, os.path.join(t.dir, "i0"), bindir, script, "command_directory = " + bindir)
    want = ["start 0", "etc 0", "a-etc 0", "b-etc 1", "start-fg 1", "start b 0", "b still 0", "reload 0",
            "destroy running 1", "stop 0", "etc 1", "a-etc 1", "b-etc 1", "destroy full 1", "destroy 0",
            '{"name": "-", "group": "-", "enabled": true, "config_directory": "/etc/postfix"}',
            '{"name": "postfix-a", "group": "-", "enabled": true, "config_directory": "DIR/a-etc"}']
    if out.splitlines() != want:
        t.fail("got:\n%s\nerrors:\n%s" % (out, re.sub(r"(?m)^.*warning.*\n", "", errors)))
