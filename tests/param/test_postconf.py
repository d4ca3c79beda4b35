# test_postconf.py - postconf: output, warnings and edits, compared with recorded ones
# SPDX-License-Identifier: ISC
#
# postconf.cases and edit.cases hold the recorded results; main.cf and master.cf
# of each are in the folder of that name. A case is
#     $ arguments, quoted for a shell
#     output lines;  ! lines of standard error, sorted;  = exit status when it is not 0
#     -/+ lines taken from and added to the two files
# "# ours" before a case: Postfix differs, the next words say why; everything
# else was seen to be the same with Postfix 3.7 (tests/run.py --oracle compares again).
# RECORD=1 in the environment writes what the program at hand does.
import difflib
import os
import shlex
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def read_cases(name):
    cases = []
    with open(os.path.join(HERE, name + ".cases")) as f:
        ours = ""
        for line in f.read().split("\n"):
            if line.startswith("# ours"):
                ours = line
            elif line.startswith("$ "):
                cases.append((line[2:], ours, []))
                ours = ""
            elif cases and line:
                cases[-1][2].append(line)
    return cases


def run_one(t, name, command):
    d = os.path.join(t.dir, name)
    shutil.rmtree(d, ignore_errors=True)
    shutil.copytree(os.path.join(HERE, name), d)
    program = ["/usr/sbin/postconf"] if t.env.oracle else [t.env.binary, "postconf"]
    env = {k: v for k, v in os.environ.items() if k != "MAIL_CONFIG"}
    p = subprocess.run(program + ["-c", "."] + shlex.split(command), cwd=d, env=env, capture_output=True, text=True)
    err = sorted(set(x.replace("/usr/sbin/", "") for x in p.stderr.splitlines()))
    if t.env.oracle:  # it reads the file more than once
        err = [x for x in err if "line 4: overriding" not in x]
    got = [x for x in p.stdout.splitlines() if x] + ["! " + x for x in err if "has no effect" not in x]
    if p.returncode:
        got.append("= %d" % p.returncode)
    for f in ("main.cf", "master.cf"):
        old = open(os.path.join(HERE, name, f)).read().splitlines()
        new = open(os.path.join(d, f)).read().splitlines()
        got += [x for x in difflib.ndiff(old, new) if x[0] in "-+"]
    left = set(os.listdir(d)) - {"main.cf", "master.cf", "master.cf.tmp"}
    if left:
        got.append("left behind: " + " ".join(left))
    return got


def run_cases(t, name):
    cases = read_cases(name)
    if os.environ.get("RECORD"):
        with open(os.path.join(HERE, name + ".cases"), "w") as f:
            for command, ours, _ in cases:
                f.write("\n".join(([ours] if ours else []) + ["$ " + command] + run_one(t, name, command)) + "\n\n")
        return
    for command, ours, want in cases:
        if t.env.oracle and ours:
            continue
        got = run_one(t, name, command)
        if got != want:
            t.fail("postconf %s\n%s" % (command, "\n".join(difflib.unified_diff(want, got, "recorded", "now", lineterm=""))))


def test_show(t):
    run_cases(t, "postconf")


def test_edit(t):
    run_cases(t, "edit")


def postconf(t, *args):
    return subprocess.run([t.env.binary, "postconf", *args], capture_output=True, text=True)


def test_edit_keeps_mode_and_follows_links(t):
    real, conf = os.path.join(t.dir, "real"), os.path.join(t.dir, "conf")
    os.makedirs(real)
    os.makedirs(conf)
    with open(os.path.join(real, "main.cf"), "w") as f:
        f.write("a = b\n")
    os.chmod(os.path.join(real, "main.cf"), 0o640)
    os.symlink("../real/main.cf", os.path.join(conf, "main.cf"))
    t.equal(postconf(t, "-c", conf, "-e", "hopcount_limit=7").returncode, 0)
    t.equal(os.path.islink(os.path.join(conf, "main.cf")), True)
    st = os.stat(os.path.join(real, "main.cf"))
    t.equal(st.st_mode & 0o777, 0o640)
    t.equal(open(os.path.join(real, "main.cf")).read(), "a = b\nhopcount_limit = 7\n")
    postconf(t, "-c", conf, "-e", "hopcount_limit=7")
    t.equal(os.stat(os.path.join(real, "main.cf")).st_ino, st.st_ino)  # nothing changed, nothing written
    t.equal(os.listdir(real), ["main.cf"])


def recorded_defaults():
    names = {}
    with open(os.path.join(HERE, "defaults")) as f:
        for line in f:
            if not line.startswith("#"):
                name, _, value = line.rstrip("\n").partition(" =")
                names[name] = value.strip()
    return names


def intended_differences():
    with open(os.path.join(HERE, "defaults.differences")) as f:
        return dict(line.rstrip("\n").split("\t", 1) for line in f if not line.startswith("#") and line.strip())


def test_defaults_are_those_of_postfix(t):
    """postconf -d against the recorded list; every difference is in the written list, and nothing else is."""
    conf = os.path.join(t.dir, "conf")
    os.makedirs(conf)
    open(os.path.join(conf, "main.cf"), "w").close()
    open(os.path.join(conf, "master.cf"), "w").close()
    got = {}
    for line in postconf(t, "-c", conf, "-d").stdout.splitlines():
        name, _, value = line.partition(" =")
        got[name] = value.strip()
    want, intended = recorded_defaults(), intended_differences()
    different = {n for n in set(got) | set(want) if got.get(n) != want.get(n)}
    t.equal(sorted(different - set(intended)), [])
    t.equal(sorted(n for n in intended if n not in different and intended[n] != "depends on the machine"), [])


def test_templates(t):
    """-t prints what bounce_template_file may contain; -b expands it; a file replaces only what it has."""
    conf = os.path.join(t.dir, "conf")
    os.makedirs(conf)
    with open(os.path.join(conf, "main.cf"), "w") as f:
        f.write("myhostname = mail.example.com\nmaximal_queue_lifetime = 3d\n")
    with open(os.path.join(conf, "own"), "w") as f:
        f.write("delay_template = <<END\nSubject: later\n\n$myhostname keeps it $maximal_queue_lifetime_days days\nEND\n")
    kinds = ["failure", "delay", "success", "verify"]
    out = postconf(t, "-c", conf, "-t", os.path.join(conf, "own")).stdout.split("\n\n")
    text = "\n\n".join(out)
    t.equal([x.split("_")[0] for x in text.split("\n") if x.endswith("_template = <<EOF")], kinds)
    t.equal("Subject: later\n\n$myhostname keeps it $maximal_queue_lifetime_days days\nEOF" in text, True)
    text = postconf(t, "-c", conf, "-b", os.path.join(conf, "own")).stdout
    t.equal([x for x in text.split("\n") if x.startswith("expanded_")], ["expanded_%s_text = <<EOF" % k for k in kinds])
    t.equal("<<EOF\nmail.example.com keeps it 3 days\nEOF" in text, True)
    # what -t prints is a valid template file with the same meaning
    with open(os.path.join(conf, "printed"), "w") as f:
        f.write(postconf(t, "-c", conf, "-t", os.path.join(conf, "own")).stdout)
    t.equal(postconf(t, "-c", conf, "-b", os.path.join(conf, "printed")).stdout, text)
