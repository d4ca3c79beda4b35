# test_lifecycle.py - start, status, reload, stop of the whole mail system
# SPDX-License-Identifier: ISC
import os
import signal
import subprocess

from lib import proc
from lib.instance import wait_until


def test_start_status_stop(t):
    t.need("SMTPD")
    i = t.instance()
    t.equal(i.run("postfix status")[0], 0)
    status, out = i.run("postfix start")
    t.equal(status, 1)
    t.match("already running", out + i.log())
    i.stop("stop")
    t.equal(i.master_pid(), None)
    if not t.env.oracle:  # its log service may be gone before the line is written
        t.match(r"master\[\d+\]: terminating on signal 15", i.log())
    t.equal(i.run("postfix status")[0], 1)


def test_reload_keeps_sessions(t):
    t.need("SMTPD")
    i = t.instance()
    client = i.connect()
    client.hello()
    i.conf("myhostname = other.example.test")
    i.reload()
    i.wait_log("reload -- version")
    client.line("NOOP")
    client.expect("250 2.0.0 Ok")
    other = i.connect()
    t.match("other.example.test", other.hello())


def pid_file(i):
    return os.path.join(i.dir, "queue", "pid", "master.pid")


def test_stale_pid_file(t):
    """What a power cut leaves behind: the number of nobody, of somebody else, or rubbish."""
    t.need("SMTPD", "postlet")
    i = t.instance(start=False)
    i.configure()
    i.run("postfix check")
    stranger = subprocess.Popen(["sleep", "60"])
    ended = subprocess.Popen(["true"])
    ended.wait()
    try:
        for text in ("%10d\n" % stranger.pid, "%10d\n" % ended.pid, "%10d\n" % os.getpid(), "rubbish\n", ""):
            with open(pid_file(i), "w") as f:
                f.write(text)
            t.equal(i.run("postfix status")[0], 1)
            t.equal(i.run("postfix stop")[0], 1)
            t.equal(i.run("postfix reload")[0], 1)
            i.start()
            t.equal(i.run("postfix status")[0], 0)
            with open(pid_file(i)) as f:
                t.equal(int(f.read()), i.master_pid())
            i.stop("stop")
            t.equal(i.run("postfix status")[0], 1)
        t.equal(stranger.poll(), None)
    finally:
        stranger.kill()
        stranger.wait()


def zombies(pid):
    found = []
    for child in proc.children_of(pid):
        try:
            with open("/proc/%d/stat" % child) as f:
                found += [child] if f.read().rpartition(")")[2].split()[0] == "Z" else []
        except OSError:
            pass
    return found


def test_process_1_of_a_container(t):
    """postfix start-fg as process 1: delivers, waits for orphans, and SIGTERM ends everything, with status 0."""
    t.need("root", "SMTPD", "VIRTUAL", "postlet", "program:unshare", "program:nsenter")
    i = t.instance(start=False)
    i.configure()
    try:
        box = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", "true"], capture_output=True, text=True)
        if box.returncode:
            t.skip("cannot make a process namespace: " + box.stderr.strip())
        box = subprocess.Popen(["unshare", "--pid", "--fork", "--mount-proc", os.path.join(i.dir, "bin", "postfix"),
                                "start-fg"], cwd=i.dir, env=i.environ, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        i.wait_log("daemon started")
        first = wait_until("process 1", lambda: proc.children_of(box.pid))[0]
        with open(pid_file(i)) as f:
            t.equal(int(f.read()), 1)
        i.send("a@client.test", "alice@example.test")
        i.wait_delivered("alice")
        p = subprocess.run(["nsenter", "--target", str(first), "--pid", "--mount", "sh", "-c",
                            "sleep 1 & sleep 0.1 & exec true"], capture_output=True, text=True)
        t.equal((p.returncode, p.stderr), (0, ""))
        wait_until("the orphans to end", lambda: not any("sleep" in name(c) for c in proc.children_of(first)))
        wait_until("nobody to be a zombie", lambda: not zombies(first))
        os.kill(first, signal.SIGHUP)
        i.wait_log("reload -- version")
        os.kill(first, signal.SIGTERM)
        t.equal(box.wait(timeout=15), 0)
        t.match(r"master\[1\]: terminating on signal 15", i.log())
    finally:
        if box and hasattr(box, "kill"):
            proc.end_descendants(box.pid)
            box.kill()
            box.wait()


def name(pid):
    try:
        with open("/proc/%d/comm" % pid) as f:
            return f.read()
    except OSError:
        return ""
