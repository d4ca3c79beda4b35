# ports.py - free TCP ports on 127.0.0.1 that two tests at once never share
# SPDX-License-Identifier: ISC
import fcntl
import os
import random
import socket
import tempfile

FIRST, LAST = 20000, 30000  # below the range the kernel hands out
_held = []


def free_port():
    common = "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()  # also for runs with another TMPDIR
    lockdir = os.path.join(common, "postlet-test-ports-%d" % os.getuid())
    os.makedirs(lockdir, exist_ok=True)
    while True:
        port = random.randrange(FIRST, LAST)
        lock = os.open(os.path.join(lockdir, str(port)), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(("127.0.0.1", port))
        except OSError:
            os.close(lock)
            continue
        _held.append(lock)
        return port
