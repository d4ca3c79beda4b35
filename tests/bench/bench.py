#!/usr/bin/env python3
# bench.py - the figures of the design's budget table, postlet beside Debian's Postfix
# SPDX-License-Identifier: ISC
#
# bench.py [--rounds N] [--only WORD,...] [--queue DIR] [--write FILE] BINARY
# Both systems get the same work in turn, several rounds, the first turn changing. The table shows medians, and the
# median of the ratios of each round, so that a machine that slows down for a while does not favour either.
import argparse
import contextlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mta  # noqa: E402
import rows  # noqa: E402


def ratio(pf, pl):
    of_rounds = [b / a for a, b in zip(pf, pl) if a]
    return statistics.median(of_rounds) if of_rounds else None


def met(goal, ours, share):
    if not goal:
        return "-"
    number = float("".join(c for c in goal if c.isdigit() or c == "."))
    if goal.endswith("x"):
        if share is None:
            return "-"
        return "yes" if (share >= number if goal.startswith(">=") else share <= number) else "no"
    return "yes" if ours <= number else "no"


def figure(v):
    return "%.0f" % v if abs(v) >= 100 or v == int(v) else "%.2f" % v if abs(v) < 10 else "%.1f" % v


HEAD = "| figure | unit | Postfix | postlet | ratio | goal | met |\n|---|---|---|---|---|---|---|"


def line(row, pf, pl):
    ours, share = statistics.median(pl), ratio(pf, pl)
    return "| %s | %s | %s | %s | %s | %s | %s |" % (
        row.text, row.unit, figure(statistics.median(pf)) if pf else "-", figure(ours),
        "-" if share is None else "%.3f" % share if share < 0.1 else "%.2f" % share, row.goal or "-",
        met(row.goal, ours, share))


def one_sync(where):
    """Milliseconds to create, write 4 kB, sync and remove a file: nobody who keeps mail safe is faster than this."""
    times = []
    for i in range(60):
        path = os.path.join(where, "sync-%d" % i)
        began = time.monotonic()
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.write(fd, b"x" * 4096)
        os.fsync(fd)
        os.close(fd)
        os.unlink(path)
        times.append((time.monotonic() - began) * 1000)
    return statistics.median(times)


def said_by(*argv):
    with contextlib.suppress(OSError):
        return subprocess.run(argv, capture_output=True, text=True).stdout.strip()
    return ""


def cpu_name():
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as f:
        for words in (x.split(":", 1) for x in f):
            if words[0].strip() in ("model name", "Model"):
                return words[1].strip()
    return platform.machine()


def memory_mb():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def surroundings(binary, top, rounds):
    """The lines above the table."""
    fs = said_by("findmnt", "-no", "FSTYPE,OPTIONS", "-T", top).split(None, 1)
    text, data, bss = (said_by("size", binary).split("\n")[-1].split() + ["?"] * 3)[:3]
    return "\n".join([
        "- Machine: %s, %d processors, %d MB, Linux %s" % (cpu_name(), os.cpu_count(), memory_mb(), platform.release()),
        "- Queues: %s (%s); one file of 4 kB created, synced and removed there: %.2f ms"
        % (fs[0] if fs else "?", fs[1] if len(fs) > 1 else "", one_sync(top)),
        "- Postfix %s; postlet %s, commit %s, text %s, data %s, bss %s bytes" %
        (said_by("/usr/sbin/postconf", "-dh", "mail_version"), said_by(binary, "--version").split()[-1],
         said_by("git", "describe", "--always", "--dirty") or "?", text, data, bss),
        "- %d rounds, both in turn in each; medians, and the median of the rounds' ratios; %s"
        % (rounds, time.strftime("%Y-%m-%d"))])


def measure(group, kinds, rounds):
    """Figures of the rows of one group: [(row, Postfix's, postlet's)], with what was skipped left out."""
    made, f = group
    got = {"postfix": [], "postlet": []}
    for i in range(rounds):
        for m in kinds if i % 2 == 0 else reversed(kinds):
            got[m.kind].append(f(m))
    return [(row, [x[i] for x in got["postfix"]], [x[i] for x in got["postlet"]]) for i, row in enumerate(made)]


def options():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--only", default="", help="rows by name, or beginnings of names ending in *")
    p.add_argument("--list", action="store_true", help="names of the rows")
    p.add_argument("--queue", default=None, help="directory on the file system where the queues are to be")
    p.add_argument("--skip-postfix", action="store_true")
    p.add_argument("--write")
    p.add_argument("binary")
    return p.parse_args()


def wanted(group, words):
    return not words or any(r.name == w or w.endswith("*") and r.name.startswith(w[:-1])
                            for r in group[0] for w in words)


def main():
    a = options()
    if a.list:
        print("\n".join("%-14s %s" % (r.name, r.text) for g in rows.GROUPS for r in g[0]))
        return
    if not os.path.exists("/usr/sbin/smtp-source"):
        raise SystemExit("bench: install Debian's postfix package first (make bench does)")
    top = tempfile.mkdtemp(prefix="bench-", dir=a.queue)
    os.chmod(top, 0o755)
    binary = os.path.abspath(a.binary)
    kinds = [mta.Mta("postfix", top), mta.Mta("postlet", top, binary)][1 if a.skip_postfix else 0:]
    out = []
    try:
        about = surroundings(binary, top, a.rounds)
        print(about + "\n\n" + HEAD, flush=True)
        for group in rows.GROUPS:
            if not wanted(group, [w for w in a.only.split(",") if w]):
                continue
            try:
                for result in measure(group, kinds, a.rounds):
                    out.append(line(*result))
                    print(out[-1], flush=True)
            except rows.Skip as why:
                print("(%s: %s)" % (group[0][0].text, why), flush=True)
    finally:
        for m in kinds:
            with contextlib.suppress(OSError):
                os.unlink(m.log)
        shutil.rmtree(top, ignore_errors=True)
    if a.write:
        with open(a.write, "w") as f:
            f.write("# Measured with `make bench`\n\n%s\n\n%s\n%s\n" % (about, HEAD, "\n".join(out)))


if __name__ == "__main__":
    main()
