# proc.py - processes of one test: nothing that a test started outlives it
# SPDX-License-Identifier: ISC
import ctypes
import os
import signal
import time

from .env import Skip

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Daemons that detach from here become our children, so that they can be ended by id."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def private_file(path, instead):
    """From here on this process and its children see another file in the place of path. Root only."""
    clone_newns, ms_rec, ms_private, ms_bind = 0x20000, 0x4000, 1 << 18, 0x1000
    libc = ctypes.CDLL(None, use_errno=True)
    if (libc.unshare(clone_newns) or libc.mount(b"none", b"/", None, ms_rec | ms_private, None) or
            libc.mount(instead.encode(), os.path.realpath(path).encode(), None, ms_bind, None)):
        raise Skip("cannot put another file in the place of " + path)


def children_of(pid):
    """All descendants of a process, from /proc."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    parents[int(name)] = int(f.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                pass
    found, todo = [], [pid]
    while todo:
        at = todo.pop()
        more = [c for c, p in parents.items() if p == at]
        found += more
        todo += more
    return found


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def end_descendants(pid=None, patience=3.0):
    """Ends every descendant, politely first."""
    pid = pid or os.getpid()
    for sig in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + patience
        for child in children_of(pid):
            try:
                os.kill(child, sig)
            except OSError:
                pass
        while time.monotonic() < until:
            reap()
            if not children_of(pid):
                return
            time.sleep(0.02)
