#!/usr/bin/env python3
# compat.py - "make compat": every dialogue with the installed Postfix and with postlet; what happened must be the same
# SPDX-License-Identifier: ISC
#
# Records both runs (tests/lib/record.py), compares them, and holds what differs against tests/compat/differences.
# Python tests that are named run against Postfix alone: what they expect of ours must be true of it too.
# "sweep" names the dialogues that sweep.py makes of tables. --reuse takes the recordings of Postfix that an earlier run left in BUILD/compat when the dialogue is older.
import argparse
import json
import os
import re
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0:0] = [os.path.dirname(HERE), HERE]
sys.dont_write_bytecode = True

import run as runner                                       # noqa: E402
import sweep                                               # noqa: E402
from compare import compare, read_differences              # noqa: E402
from lib import proc, record                               # noqa: E402
from lib.dialogue import Dialogue                          # noqa: E402
from lib.env import Env, Fail, Skip                        # noqa: E402

SIDES = ("Postfix", "postlet")


def record_one(env, directory, test):
    """One dialogue with one system: what happened, or ["FAIL" or "skip", why]."""
    os.mkdir(directory)
    os.chmod(directory, 0o755)
    dialogue = None
    try:
        dialogue = Dialogue(env, directory, test[2], test[3])
        before = {}
        start, dialogue.instance.start = dialogue.instance.start, None

        def started():
            if not before:
                before.update(record.snapshot(dialogue.instance))
            start()
        dialogue.instance.start = started
        dialogue.run()
        return record.take(dialogue, before)
    except Skip as e:
        return ["skip", str(e)]
    except Fail as e:
        return ["FAIL", "%s\n%s" % (e, runner.report([dialogue.instance] if dialogue else [], dialogue.transcript() if dialogue else ""))]
    except Exception:
        return ["FAIL", traceback.format_exc()]
    finally:
        if dialogue:
            dialogue.instance.close()


def in_a_process(env, directory, test, path):
    """record_one() in a child, since it may take a mount namespace of its own; the record is left in path."""
    pid = os.fork()
    if pid == 0:
        proc.adopt_orphans()
        got = record_one(env, directory, test)
        proc.end_descendants()
        with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as f:
            json.dump(got, f, ensure_ascii=False, indent=0)
        os.rename(path + ".new", path)
        os._exit(0)
    os.waitpid(pid, 0)


def read_record(path):
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            return json.load(f)
    except OSError:
        return ["FAIL", "the process that recorded it died"]


def is_newer(path, other):
    return os.path.exists(path) and os.path.getmtime(path) > os.path.getmtime(other)


class Compat(runner.Runner):
    def __init__(self, envs, options, entries):
        super().__init__(envs[0], options, self.both)
        self.private_binary(envs[1])
        self.envs, self.entries, self.same, self.known = envs, entries, 0, 0
        self.store = os.path.join(envs[0].build, "compat")
        os.makedirs(self.store, exist_ok=True)

    def path_of(self, test, side):
        return os.path.join(self.store, re.sub(r"[^\w.-]", "-", test[0]) + "." + side + ".json")

    def both(self, env, directory, test):
        """Runs in the worker."""
        if test[1] != "t":
            return runner.one(env, directory, test)
        for side, of in zip(SIDES, self.envs):
            path = self.path_of(test, side)
            if not (side == "Postfix" and self.options.reuse and is_newer(path, test[2]) and isinstance(read_record(path), dict)):
                if os.path.exists(path):
                    os.unlink(path)
                in_a_process(of, os.path.join(directory, side.lower()), test, path)
            got = read_record(path)
            if isinstance(got, list) and got[0] == "skip":
                return "skip", "%s: %s" % (side, got[1])
        return "ok", ""

    def show(self, job, verdict, details):
        """Runs in the parent: here the records are compared, since the entries remember that they were needed."""
        test = job["test"]
        if verdict == "ok" and test[1] == "t":
            theirs, ours = [read_record(self.path_of(test, side)) for side in SIDES]
            failed = [(side, got[1]) for side, got in zip(SIDES, (theirs, ours)) if isinstance(got, list)]
            if failed:
                verdict, details = "FAIL", "\n".join("with %s: %s" % f for f in failed)
            else:
                found, known = compare(test[0], record.sections(theirs), record.sections(ours), self.entries)
                self.same += not found and not known
                self.known += not found and known
                if found:
                    verdict, details = "FAIL", "\n".join(["- Postfix, + postlet"] + found)
            self.counts["ok"] -= verdict != "ok"
            self.counts["FAIL"] += verdict != "ok"
        super().show(job, verdict, details)

    def unneeded(self):
        """Entries that explain nothing any more, when everything they are about was compared."""
        for entry in self.entries:
            if self.options.paths or self.options.match or not entry.relevant or entry.used:
                continue
            print("FAIL  differences, line %d: no longer needed" % entry.number)
            self.counts["FAIL"] += 1

    def summary(self):
        self.unneeded()
        print("compared with Postfix: %d dialogues, %d alike, %d with intended differences only, %d entries" %
              (self.same + self.known, self.same, self.known, len(self.entries)))


def main():
    parser = argparse.ArgumentParser(description="Compares postlet with the installed Postfix, dialogue by dialogue.")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--build")
    parser.add_argument("-j", "--jobs", type=int, default=3)
    parser.add_argument("-k", "--match")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("--reuse", action="store_true", help="take earlier recordings of Postfix")
    options = parser.parse_args()
    os.umask(0o022)
    try:
        envs = [Env(options.build, True), Env(options.build, False)]
    except Skip as e:
        print("skip  everything: %s\n0 passed, 0 failed, 1 skipped" % e)
        return 0
    paths = [p for p in options.paths if p != "sweep"] or [runner.HERE] * (not options.paths)
    tests = [t for t in runner.find(paths) if t[1] != "sh"]
    if not options.paths or "sweep" in options.paths:
        made = runner.find([sweep.write(os.path.join(envs[0].build, "compat", "sweep"))])
        tests += [("sweep/" + os.path.basename(t[2]),) + t[1:] for t in made]
    if not options.paths:  # what is written in python compares by itself, if at all
        tests = [t for t in tests if t[1] == "t" or t[0].startswith("compat/")]
    tests = [t[:4] + (2 * t[4],) for t in tests if not options.match or options.match in t[0]]
    return Compat(envs, options, read_differences(os.path.join(HERE, "differences"))).run(tests)


if __name__ == "__main__":
    sys.exit(main())
