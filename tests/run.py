#!/usr/bin/env python3
# run.py - runs tests: dialogues (*.t), python (test_*.py), shell (test_*.sh); see tests/README.md
# SPDX-License-Identifier: ISC
import argparse
import importlib.util
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from lib import proc                                       # noqa: E402
from lib.dialogue import Dialogue, twins_of                # noqa: E402
from lib.env import Env, Fail, Skip                        # noqa: E402
from lib.instance import Case, Instance                    # noqa: E402

NOT_TESTS = ("unit", "fuzz", "bench", "lib", "faults", "tools")
LIMIT = 90  # seconds for one test, unless it says otherwise ("timeout N", a function's attribute)


def load(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def limit_of(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            words = line.split()
            if len(words) == 2 and words[0] == "timeout" and words[1].isdigit():
                return int(words[1])
    return LIMIT


def expand(path):
    """The tests of one file: (label, kind, path, function, seconds)."""
    label = os.path.relpath(path, HERE)
    if path.endswith(".t"):
        return [("%s%s" % (label, " as " + twin if twin else ""), "t", path, twin, limit_of(path))
                for twin in [None] + twins_of(path)]
    if path.endswith(".sh"):
        return [(label, "sh", path, None, LIMIT)]
    try:
        module = load(path)
    except Exception:
        return [(label, "broken", path, traceback.format_exc(), LIMIT)]
    return [("%s:%s" % (label, n), "py", path, n, getattr(f, "timeout", LIMIT))
            for n, f in vars(module).items() if n.startswith("test_") and callable(f)]


def find(paths):
    tests = []
    for path in paths:
        if not os.path.isdir(path):
            path, _, name = path.partition(":")
            tests += [t for t in expand(os.path.abspath(path)) if not name or t[3] == name]
            continue
        for where, dirs, names in os.walk(os.path.abspath(path)):
            dirs[:] = sorted(d for d in dirs if not (where == HERE and d in NOT_TESTS) and d != "__pycache__")
            for n in sorted(names):
                if n.endswith(".t") or (n.startswith("test_") and n.endswith((".py", ".sh"))):
                    tests += expand(os.path.join(where, n))
    return tests


def tail(text, lines=40):
    return "\n".join(text.split("\n")[-lines:])


def run_shell(env, directory, path):
    i = Instance(env, os.path.join(directory, "i0"))
    try:
        environ = dict(i.environ, POSTLET=env.binary, T=directory, O=env.build, TESTS=HERE, DIR=i.dir, PORT=str(i.port()))
        i.configure()
        p = subprocess.run(["/bin/sh", path], cwd=directory, env=environ, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = p.stdout.decode("utf-8", "replace")
        if p.returncode == 77:
            raise Skip(tail(text.strip(), 1) or "the script says so")
        if p.returncode != 0:
            raise Fail("exit status %d\n%s" % (p.returncode, tail(text)))
    finally:
        i.close()


def report(instances, transcript):
    text = transcript
    for i in instances:
        if i.log():
            text += "\n-- log of %s\n%s" % (os.path.basename(i.dir), tail(i.log().rstrip("\n")))
    return text.strip("\n")


def one(env, directory, test):
    """Runs one test in this process: (verdict, details)."""
    label, kind, path, name, _ = test
    instances, transcript, dialogue, case = [], "", None, None
    try:
        if kind == "broken":
            raise Fail(name)
        if kind == "t":
            dialogue = Dialogue(env, directory, path, name)
            instances = [dialogue.instance]
            dialogue.run()
        elif kind == "sh":
            run_shell(env, directory, path)
        else:
            case = Case(env, directory)
            instances = case.instances
            getattr(load(path), name)(case)
            for i in instances:
                i.check_crashes()
        return "ok", ""
    except Skip as e:
        return "skip", str(e)
    except Fail as e:
        where = ""
        if case:
            frames = [f for f in traceback.extract_tb(sys.exc_info()[2]) if f.filename == path]
            where = "line %d: %s\n" % (frames[-1].lineno, frames[-1].line) if frames else ""
        return "FAIL", "%s%s\n%s" % (where, e, report(instances, dialogue.transcript() if dialogue else ""))
    except Exception:
        return "FAIL", traceback.format_exc() + report(instances, dialogue.transcript() if dialogue else "")
    finally:
        for i in instances:
            try:
                i.close()
            except Exception:
                traceback.print_exc()


def worker(env, directory, test, out, one):
    """A process of its own for one test, so that whatever the test leaves running can be ended."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    proc.adopt_orphans()
    verdict, details = one(env, directory, test)
    proc.end_descendants()
    data = (verdict + "\n" + details).encode("utf-8", "surrogateescape")
    while data:
        data = data[os.write(out, data):]
    os._exit(0)


class Runner:
    def __init__(self, env, options, how=one):
        self.one = how
        self.env, self.options = env, options
        self.counts = {"ok": 0, "FAIL": 0, "skip": 0}
        self.running = {}  # pid -> test, pipe, bytes, start, directory
        self.select = selectors.DefaultSelector()
        self.base = tempfile.mkdtemp(prefix="postlet-test-")
        self.private_binary(env)
        os.chmod(self.base, 0o755)

    def private_binary(self, env):
        """Other users run it too, and may not reach the build directory."""
        if env.root and not env.oracle:
            env.binary = shutil.copy(env.binary, os.path.join(self.base, "postlet"))

    def start(self, number, test):
        directory = os.path.join(self.base, "%d" % number)
        os.mkdir(directory)
        os.chmod(directory, 0o755)
        r, w = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os.close(r)
            worker(self.env, directory, test, w, self.one)
        os.close(w)
        self.running[pid] = {"test": test, "pipe": r, "data": b"", "start": time.monotonic(), "dir": directory}
        self.select.register(r, selectors.EVENT_READ, pid)

    def finish(self, pid, late=False):
        job = self.running.pop(pid)
        self.select.unregister(job["pipe"])
        os.close(job["pipe"])
        if late:
            for p in proc.children_of(pid) + [pid]:
                try:
                    os.kill(p, signal.SIGKILL)
                except OSError:
                    pass
        os.waitpid(pid, 0)
        text = job["data"].decode("utf-8", "surrogateescape")
        verdict, _, details = text.partition("\n")
        if late:
            verdict, details = "FAIL", "not finished after %d s" % job["test"][4]
        elif verdict not in self.counts:
            verdict, details = "FAIL", "the test process died"
        self.counts[verdict] += 1
        self.show(job, verdict, details)
        if self.options.keep:
            print("      kept in " + job["dir"])
        else:
            shutil.rmtree(job["dir"], ignore_errors=True)

    def show(self, job, verdict, details):
        seconds = time.monotonic() - job["start"]
        label = job["test"][0]
        if verdict == "FAIL":
            text = "FAIL  %s\n      %s" % (label, details.rstrip("\n").replace("\n", "\n      "))
        elif verdict == "skip":
            text = "skip  %s: %s" % (label, details)
        elif not self.options.quiet:
            text = "ok    %s  %.1f s" % (label, seconds)
        else:
            return
        print(text.encode("utf-8", "backslashreplace").decode("utf-8"), flush=True)

    def poll(self):
        for key, _ in self.select.select(0.2):
            data = os.read(key.fd, 65536)
            if data:
                self.running[key.data]["data"] += data
            else:
                self.finish(key.data)
        for pid, job in list(self.running.items()):
            if time.monotonic() - job["start"] > job["test"][4]:
                self.finish(pid, late=True)

    def summary(self):
        """What else there is to say at the end."""

    def run(self, tests):
        proc.adopt_orphans()
        try:
            for number, test in enumerate(tests):
                while len(self.running) >= self.options.jobs:
                    self.poll()
                self.start(number, test)
            while self.running:
                self.poll()
        finally:
            proc.end_descendants()
            if not self.options.keep:
                shutil.rmtree(self.base, ignore_errors=True)
        self.summary()
        print("%d passed, %d failed, %d skipped" % (self.counts["ok"], self.counts["FAIL"], self.counts["skip"]))
        return 1 if self.counts["FAIL"] else 0


def main():
    parser = argparse.ArgumentParser(description="Runs the tests under tests/ (all of them, or the files and folders named).")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--oracle", action="store_true", help="against the installed Postfix instead of build/postlet")
    parser.add_argument("--build", help="build directory (default: $O or build)")
    parser.add_argument("--binary", help="another binary than BUILD/postlet")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("-k", "--match", help="only tests whose name contains this")
    parser.add_argument("--keep", action="store_true", help="keep the directories of the instances")
    parser.add_argument("-q", "--quiet", action="store_true", help="name only what failed or was skipped")
    options = parser.parse_args()
    os.umask(0o022)
    try:
        env = Env(options.build, options.oracle, options.binary)
    except Skip as e:
        print("skip  everything: %s\n0 passed, 0 failed, 1 skipped" % e)
        return 0
    tests = find(options.paths or [HERE])
    if options.match:
        tests = [t for t in tests if options.match in t[0]]
    return Runner(env, options).run(tests)


if __name__ == "__main__":
    sys.exit(main())
