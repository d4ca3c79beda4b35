# env.py - what the tests run against: our binary or an installed Postfix, its features, its users
# SPDX-License-Identifier: ISC
import grp
import os
import pwd
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

APPLETS = """sendmail mailq newaliases postalias postcat postconf postdrop postfix postkick postlock postlog postpasswd
postmap postmulti postqueue postsuper posttls-finger qshape smtp-source smtp-sink""".split()


class Skip(Exception):
    """The test cannot run here; the text says why."""


class Fail(Exception):
    """An expectation was not met."""


def first_user(*names):
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise Skip("no system user among " + " ".join(names))


def first_group(*names):
    for name in names:
        try:
            return grp.getgrnam(name)
        except KeyError:
            pass
    raise Skip("no system group among " + " ".join(names))


class Env:
    """One per run of tests/run.py."""

    def __init__(self, build=None, oracle=False, binary=None):
        self.build = os.path.abspath(build or os.environ.get("O") or os.path.join(ROOT, "build"))
        self.oracle = oracle
        self.binary = os.path.abspath(binary or os.path.join(self.build, "postlet"))
        self.root = os.geteuid() == 0
        self.symbols = self._read_config()
        self.version = self._oracle_version() if oracle else None
        if self.root:
            self.owner = first_user("postfix", "list", "mail")
            self.setgid = first_group("postdrop", "mail")
            self.local = first_user("games", "news", "daemon")  # a user whose mailbox tests may fill
        else:
            self.owner = self.local = pwd.getpwuid(os.geteuid())
            self.setgid = grp.getgrgid(os.getegid())

    def _read_config(self):
        symbols = {}
        try:
            with open(os.path.join(self.build, ".config")) as f:
                for line in f:
                    m = re.match(r"CONFIG_(\w+)=(.*)", line)
                    if m:
                        symbols[m.group(1)] = m.group(2).strip('"\n')
        except OSError:
            pass
        return symbols

    def _oracle_version(self):
        try:
            out = subprocess.run(["/usr/sbin/postconf", "-dh", "mail_version"], capture_output=True, text=True).stdout
        except OSError:
            raise Skip("Postfix is not installed")
        if not self.root_user():
            raise Skip("Postfix runs as root only")
        return tuple(int(n) for n in re.findall(r"\d+", out)[:2])

    @staticmethod
    def root_user():
        return os.geteuid() == 0

    def need(self, word):
        """One word of a "need" line: a Kconfig symbol, root, postlet, postfix, or a program after "program:"."""
        if word == "root":
            ok = self.root
        elif word == "postlet":
            ok = not self.oracle
        elif word == "postfix":
            ok = self.oracle
        elif word.startswith("program:"):
            ok = shutil.which(word[8:], path=os.environ["PATH"] + ":/usr/sbin:/sbin") is not None
        else:
            ok = self.oracle or self.symbols.get(word) not in (None, "n")
        if not ok:
            raise Skip("needs " + word)

    def since(self, version):
        """The behaviour came with this version of Postfix; an older one to compare with is skipped."""
        if self.oracle and self.version < tuple(int(n) for n in version.split(".")[:2]):
            raise Skip("Postfix here is older than " + version)

    def applet_dir(self, where):
        """A directory with one link per command, for PATH."""
        os.mkdir(where)
        for name in APPLETS:
            if not self.oracle:
                os.symlink(self.binary, os.path.join(where, name))
            else:
                for d in ("/usr/sbin", "/usr/bin"):
                    if os.path.exists(os.path.join(d, name)):
                        os.symlink(os.path.join(d, name), os.path.join(where, name))
                        break
        return where
