# preload.py - puts preload.c into the processes of an instance
# SPDX-License-Identifier: ISC
import os
import shutil
import struct
import subprocess

from .env import Fail, Skip

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "preload.c")


def dynamic(binary):
    """Has the program an interpreter (PT_INTERP), which would load us?"""
    with open(binary, "rb") as f:
        head = f.read(4096)
    if head[4] != 2:
        return False
    at, = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    return any(struct.unpack_from("<I", head, at + n * size)[0] == 3 for n in range(count))


def build(i):
    """The library, for this instance."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler or os.uname().machine != "x86_64" or not dynamic(i.env.binary):
        raise Skip("no library can be loaded into this binary here")
    path = os.path.join(i.dir, "preload.so")
    p = subprocess.run([compiler, "-std=gnu11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", path, SOURCE], capture_output=True, text=True)
    if p.returncode:
        raise Fail(p.stderr)
    return path


def use(i, name, value):
    """LD_PRELOAD and one variable for everything that the instance starts from now on."""
    i.environ["LD_PRELOAD"], i.environ[name] = build(i), value
    i.conf("import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C LD_PRELOAD " + name)
    i.configure()


class Number:
    """Eight bytes that the processes of an instance look at."""

    def __init__(self, i, name, variable):
        self.path = i.file(name, "")
        self.set(0)
        use(i, variable, self.path)

    def set(self, value):
        with open(self.path, "r+b") as f:
            f.write(struct.pack("<q", value))


class Clock(Number):
    """The time of day of an instance."""

    def __init__(self, i):
        super().__init__(i, "clock", "POSTLET_CLOCK")


class BadDisk(Number):
    """set(1): every sync fails; set(2): those of directories."""

    def __init__(self, i):
        super().__init__(i, "bad_disk", "POSTLET_BAD_DISK")
