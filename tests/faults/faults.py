#!/usr/bin/env python3
# faults.py - fault runs: every system call on the way of a message, with a kill or an error at it; see README.md
# SPDX-License-Identifier: ISC
#
#   faults.py kill [--every N]        SIGKILL after each system call, of one process (and, "killall", of all at once)
#   faults.py errors                  ENOSPC, EIO, EMFILE ... and short counts at each call that can end so
#   faults.py sample --seconds 5      points of both, chosen by --seed
import argparse
import collections
import concurrent.futures
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from lib import proc                                       # noqa: E402
from lib.env import Env, Skip                              # noqa: E402
from points import ROWS, Job                               # noqa: E402

CHUNK = 40       # points that one task goes through
BEYOND = 3       # so many points in a row that were not reached end a series


def quiet_signals():
    proc.adopt_orphans()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def with_job(task, work):
    """Runs work(job) with a mail system of its own; nothing outlives it."""
    base = tempfile.mkdtemp(prefix="task-", dir=task["base"])
    os.chmod(base, 0o755)
    job = None
    try:
        job = Job(task["env"], base, task["tool"], task["scenario"], task["program"], task["seed"])
        return work(job)
    except Exception:
        return [dict(scenario=task["scenario"], program=task["program"], order=task.get("what", "?"), fired="",
                     problems=["the run itself: " + traceback.format_exc()], acked=False, said="", counts=[], twice=[],
                     seconds=0)]
    finally:
        if job:
            job.close()
        proc.end_descendants(patience=0.5)
        shutil.rmtree(base, ignore_errors=True)


def trace(task):
    """The calls of one message, without a fault."""
    def work(job):
        job.run("trace")  # the first message makes directories and the like
        # The longest of three: a process that was not yet gone has less to do.
        return [max((job.run("trace") for _ in range(3)), key=lambda r: 0 if r["problems"] else len(r["calls"]))]
    return task, with_job(task, work)


def series(task):
    """Some points, one after the other."""
    def work(job):
        results, missed = [], 0
        for point in task["points"]:
            r = job.run("arm %d %s" % point)
            r.pop("calls", None)
            r["point"] = point
            results.append(r)
            missed = 0 if r["fired"] else missed + 1
            if missed >= BEYOND and task["what"] != "error":
                break
        n, left = job.leftovers()
        results.append(dict(residue=n, left=left, scenario=task["scenario"], program=task["program"],
                            problems=["never removed: " + ", ".join(left)] if left else []))
        return results
    return task, with_job(task, work)


def some(task):
    """Points by chance, for some seconds."""
    until = time.monotonic() + task["seconds"]

    def work(job):
        first = job.run("trace")
        points = [(i + 1, "kill") for i in range(len(first["calls"]))]
        results = []
        while time.monotonic() < until and not first["problems"]:
            r = job.run("arm %d %s" % job.random.choice(points))
            r.pop("calls", None)
            results.append(r)
        return results or [first]
    return with_job(task, work)


def error_points(calls):
    """[(number, code)] from the lines of a trace. What the dynamic loader does, up to its munmap, is not ours."""
    points, first = [], next((i for i, line in enumerate(calls) if line.split()[3] == "munmap"), 0)
    for line in calls[first:]:
        words = line.split()
        points += [(int(words[1]), code) for code in words[5:]]
    return points


class Run:
    def __init__(self, options, env):
        self.o, self.env = options, env
        self.base = tempfile.mkdtemp(prefix="postlet-faults-")
        os.chmod(self.base, 0o755)
        shutil.copy(env.binary, os.path.join(self.base, "postlet"))
        env.binary = os.path.join(self.base, "postlet")
        self.results, self.began, self.not_tried = [], time.monotonic(), 0
        self.out = open(options.results, "w") if options.results else None

    def task(self, scenario, program, **more):
        return dict(env=self.env, base=self.base, tool=self.o.tool, scenario=scenario, program=program,
                    seed=self.o.seed, **more)

    def rows(self):
        only = self.o.only.split(",") if self.o.only else []
        return [r for r in ROWS if not only or r[1] in only or "%s/%s" % r in only]

    def note(self, results):
        for r in results:
            self.results.append(r)
            if self.out:
                self.out.write(json.dumps(r) + "\n")
                self.out.flush()
            if r.get("problems") and r.get("order") is not None:
                print("FAIL  %s/%s %s (%s): %s" % (r["scenario"], r["program"], r["order"], r.get("fired", ""),
                                                   "; ".join(r["problems"])), flush=True)
            elif r.get("problems"):
                print("FAIL  %s/%s: %s" % (r["scenario"], r["program"], "; ".join(r["problems"])), flush=True)

    def traces(self, pool):
        """{(scenario, program): calls}"""
        found = {}
        for task, results in pool.map(trace, [self.task(*row) for row in self.rows()]):
            if results[0]["problems"]:
                self.note(results)
            else:
                found[task["scenario"], task["program"]] = results[0]["calls"]
        return found

    def tasks(self, traces):
        tasks = []
        for row, calls in traces.items():
            for what in self.o.what:
                if what == "error":
                    points = error_points(calls)
                    if self.o.codes:
                        points = [p for p in points if p[1] in self.o.codes.split(",")]
                else:
                    points = [(n, what) for n in range(1, len(calls) + 1)]
                points = points[self.o.first::self.o.every]
                for at in range(0, len(points), CHUNK):
                    chunk = points[at:at + CHUNK]
                    if what != "error" and at + CHUNK >= len(points) and self.o.every == 1:
                        chunk += [(n, what) for n in range(len(calls) + 1, len(calls) + 31)]
                    tasks.append(self.task(*row, what=what, points=chunk))
        return tasks

    def everything(self):
        with concurrent.futures.ProcessPoolExecutor(self.o.jobs, initializer=quiet_signals) as pool:
            traces = self.traces(pool)
            tasks = self.tasks(traces)
            if self.o.verbose:
                print("%d tasks, %d points" % (len(tasks), sum(len(t["points"]) for t in tasks)), flush=True)
            todo = [pool.submit(series, t) for t in tasks]
            for done in concurrent.futures.as_completed(todo):
                if self.o.minutes and time.monotonic() > self.began + 60 * self.o.minutes:
                    self.not_tried += sum(len(t["points"]) for t, f in zip(tasks, todo) if f.cancel())
                if done.cancelled():
                    continue
                task, results = done.result()
                self.note(results)
                if self.o.verbose:
                    print("%s/%s %s: %d points, %.0f s" % (task["scenario"], task["program"], task["what"],
                          len(results), time.monotonic() - self.began), flush=True)

    def sample(self):
        """As many points as there is time for, of a few rows."""
        rows = self.rows()
        random.Random(self.o.seed).shuffle(rows)
        tasks = [self.task(*row, what="sample", seconds=self.o.seconds) for row in rows[:self.o.jobs]]
        with concurrent.futures.ProcessPoolExecutor(self.o.jobs, initializer=quiet_signals) as pool:
            for results in pool.map(some, tasks):
                self.note(results)

    def summary(self):
        table = collections.OrderedDict()
        for r in self.results:
            row = table.setdefault((r["scenario"], r["program"]), collections.Counter())
            if "residue" in r:
                row["residue"] += r["residue"]
                row["bad"] += 1 if r["problems"] else 0
                continue
            if r["fired"] or r["problems"]:
                row["points"] += 1
            row["acked"] += r["acked"]
            row["bad"] += 1 if r["problems"] else 0
            row["lost"] += "lost" in r["problems"]
            row["twice"] += 1 if r.get("twice") else 0
            row["slow"] += r["seconds"] > 15
        print("%-20s %7s %7s %7s %7s %7s %7s" % ("scenario/program", "points", "acked", "lost", "twice", "residue", "bad"))
        total = collections.Counter()
        for (scenario, program), row in table.items():
            total.update(row)
            print("%-20s %7d %7d %7d %7d %7d %7d" % ("%s/%s" % (scenario, program), row["points"], row["acked"],
                                                     row["lost"], row["twice"], row["residue"], row["bad"]))
        print("%-20s %7d %7d %7d %7d %7d %7d" % ("all", total["points"], total["acked"], total["lost"], total["twice"],
                                                 total["residue"], total["bad"]))
        for r in self.results:
            if r.get("twice"):
                print("twice: %s/%s %s (%s)" % (r["scenario"], r["program"], r["order"], r["fired"]))
        if self.not_tried:
            print("the time was over: %d points not tried" % self.not_tried)
        print("%d seconds, seed %s" % (time.monotonic() - self.began, self.o.seed))
        print("%d passed, %d failed, 0 skipped" % (total["points"] - total["bad"], total["bad"]))
        return 1 if total["bad"] else 0

    def close(self):
        proc.end_descendants(patience=0.5)
        shutil.rmtree(self.base, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description="fault runs")
    parser.add_argument("mode", choices=["kill", "killall", "errors", "sample"])
    parser.add_argument("--build", default="build")
    parser.add_argument("--tool", help="the injector (default: BUILD/faults/inject)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--only", default="", help="programs or scenario/program, separated by commas")
    parser.add_argument("--codes", default="", help="error codes, separated by commas")
    parser.add_argument("--every", type=int, default=1, help="every n-th point")
    parser.add_argument("--first", type=int, default=0, help="which of these is the first")
    parser.add_argument("--minutes", type=float, default=0, help="no new points after that")
    parser.add_argument("--results", help="a file for one JSON object per point")
    parser.add_argument("-v", "--verbose", action="store_true")
    o = parser.parse_args()
    o.tool = os.path.abspath(o.tool or os.path.join(o.build, "faults", "inject"))
    o.what = {"kill": ["kill"], "killall": ["killall"], "errors": ["error"], "sample": []}[o.mode]
    os.umask(0o022)
    env = Env(o.build)
    try:
        for word in ("root", "SMTPD", "SMTP", "LOCAL", "VIRTUAL", "PIPE"):
            env.need(word)
        if os.uname().machine != "x86_64" or not os.path.exists(o.tool):
            raise Skip("the injector is for x86-64")
    except Skip as e:
        print("skip  faults: %s\n0 passed, 0 failed, 1 skipped" % e)
        return 0
    quiet_signals()
    run = Run(o, env)
    try:
        if o.mode == "sample":
            run.sample()
        else:
            run.everything()
        return run.summary()
    finally:
        run.close()


if __name__ == "__main__":
    sys.exit(main())
