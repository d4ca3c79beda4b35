# test_isolation.py - each service has the least it needs: user, jail, no new privileges, system call filter, no core
# SPDX-License-Identifier: ISC
import os
import pwd

from lib import preload


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    if int(f.read().rsplit(") ", 1)[1].split()[1]) == pid:
                        found.append(int(name))
            except OSError:
                pass
    return found


def program(pid):
    with open("/proc/%d/cmdline" % pid, "rb") as f:
        return os.path.basename(f.read().split(b"\0")[0].decode())


def facts(pid):
    with open("/proc/%d/status" % pid) as f:
        return {k: v.split() for k, _, v in (line.partition(":") for line in f)}


def services(i):
    return {program(p): p for p in children(i.master_pid())}


def busy_system(t, **kw):
    """An instance with smtpd, qmgr and virtual alive."""
    t.need("SMTPD", "VIRTUAL", "postlet")
    i = t.instance(**kw)
    client = i.connect()
    client.hello()
    client.message("a@client.test", ["alice@example.test"], "Subject: x\n\nx\n")
    i.wait_delivered("alice")
    return i, client


def test_network_services_have_no_rights(t):
    t.need("root")
    i, _ = busy_system(t)
    running = services(i)
    owner = pwd.getpwnam(i.owner).pw_uid if hasattr(i, "owner") else None
    for name in ("smtpd",):
        f = facts(running[name])
        if owner is not None:
            t.equal(set(f["Uid"]), {str(owner)})
        t.equal("0" in f["Uid"], False)
        t.equal(f.get("Groups", []).count("0"), 0)
        t.equal(f["NoNewPrivs"], ["1"])
        t.equal(f["CapEff"], ["0000000000000000"])
        with open("/proc/%d/limits" % running[name]) as limits:
            t.match(r"(?s).*Max core file size\s+0\s+0", limits.read())


def test_system_call_filter_is_on(t):
    t.need("SANDBOX")
    i, _ = busy_system(t)
    for name, pid in services(i).items():
        if name not in ("virtual", "local", "pipe"):
            t.equal((name, facts(pid)["Seccomp"]), (name, ["2"]))


def test_jail_is_the_queue_directory(t):
    t.need("root")
    i, _ = busy_system(t)
    pid = services(i)["smtpd"]
    t.equal(os.path.samefile(os.readlink("/proc/%d/root" % pid), os.path.join(i.dir, "queue")), True)


def test_master_reads_no_network_and_stays_alone(t):
    i, client = busy_system(t, conf="max_idle = 1s")
    client.line("QUIT")
    client.expect("221")
    from lib.instance import wait_until
    wait_until("master to be alone", lambda: not children(i.master_pid()), 20)


def test_a_crashed_session_disturbs_nobody(t):
    i, first = busy_system(t)
    victim = i.connect()
    victim.hello()
    pids = [p for p in children(i.master_pid()) if program(p) == "smtpd"]
    t.equal(len(pids), 2)
    os.kill(max(pids), 9)
    first.line("NOOP")
    first.expect("250")
    other = i.connect()
    other.hello()
    i.log_ok = True
    t.match(r"(?s).*killed by signal 9", i.log())


NOT_TRIED_AS_ROOT = ("local", "virtual", "pipe")


def seen_from_outside(i, name, pid):
    """What the kernel says of one service."""
    f, root = facts(pid), os.path.realpath("/proc/%d/root" % pid)
    with open("/proc/%d/limits" % pid) as limits:
        core = "Max core file size        0                    0 " in limits.read()
    return {"name": f["Name"] == [name], "core": core, "user": "0" not in f["Uid"] and "0" not in f.get("Groups", []),
            "new privileges": f["NoNewPrivs"] == ["1"], "capabilities": int(f["CapEff"][0], 16) == 0,
            "filter": f["Seccomp"] == ["2"], "jail": os.path.samefile(root, os.path.join(i.dir, "queue"))}


def test_services_try_to_break_out(t):
    """Each service tries from inside what it must not be able to do (tests/lib/preload.c)."""
    t.need("root", "SANDBOX", "SMTPD", "SMTP", "LMTP", "LOCAL", "VIRTUAL", "PIPE", "VERIFY", "postlet")
    i = t.instance("transport_maps = inline:{no.test=smtp:$sink,lmtp.test=lmtp:$sink_l,pipe.test=taker,later.test=smtp:$sink_d}\n"
                   "fast_flush_domains = later.test\nsmtpd_recipient_restrictions = reject_unverified_recipient\nnotify_classes =",
                   master=["taker unix - n n - - pipe user=$localuser argv=/bin/cat"], start=False)
    i.add_sink(rules="RCPT /someone/: 250 2.1.5 Ok\nRCPT: 550 5.1.1 nobody")
    i.add_sink("l", "lmtp")
    i.add_sink("d", "RCPT: 450 4.2.0 later")
    out = i.file("attempts", "", 0o666)
    preload.use(i, "POSTLET_PROBE", out)
    i.start()
    client = i.connect()
    client.hello()
    client.message("bob@example.test", ["alice@example.test"], "Subject: x\n\nx\n")
    i.run("sendmail -f bob@example.test nobody@no.test x@lmtp.test x@pipe.test x@later.test %s" % t.env.local.pw_name, stdin="Subject: x\n\nx\n")
    i.run("mailq; postqueue -s later.test")
    i.wait_log(r"sender non-delivery notification")
    i.wait_delivered("bob")
    i.wait_delivered(t.env.local.pw_name)
    for name, pid in services(i).items():
        seen = seen_from_outside(i, name, pid)
        own = ("name", "core") if name in NOT_TRIED_AS_ROOT else seen
        t.equal((name, [what for what in own if not seen[what]]), (name, []))
    got = {}
    with open(out) as f:
        for line in f:
            program_name, attempt, error = line.split()
            got.setdefault(program_name, {})[attempt] = os.strerror(int(error)) if int(error) else "SUCCEEDED"
    wanted = {"smtpd", "pickup", "qmgr", "smtp", "lmtp", "local", "virtual", "pipe", "bounce", "showq", "flush", "verify"}
    t.equal(wanted - set(got), set())
    could = ["%s: %s" % (name, a) for name in got for a, what in got[name].items() if what == "SUCCEEDED" and
             not (name in NOT_TRIED_AS_ROOT and a in ("read_passwd", "read_proc", "core_files"))]
    t.equal(could, [])
    denied = os.strerror(1)
    for name in got:
        if name in NOT_TRIED_AS_ROOT:
            continue
        t.equal(len(got[name]) > 30, True)
        for attempt in ("fork", "exec", "new_thread", "be_root", "chroot", "device", "mount", "new_namespace", "trace_master",
                        "read_master", "memory_file", "bpf", "perf", "keys", "userfault", "io_uring", "module", "reboot",
                        "set_time", "personality", "handle"):
            if got[name][attempt] != denied:  # not for another reason by chance
                t.fail("%s: %s: %s" % (name, attempt, got[name][attempt]))
    t.equal(os.path.exists(os.path.join(i.dir, "queue", "made-by-a-service")), False)
