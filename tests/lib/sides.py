# sides.py - the commands for tables, ours and those of an installed Postfix, on the same files
# SPDX-License-Identifier: ISC
import os
import re
import subprocess
import time

POSTMAP = "/usr/sbin/postmap"
POSTALIAS = "/usr/sbin/postalias"


class Sides:
    """Our commands and theirs, on the same files and the same main.cf."""

    def __init__(self, t, *types, alone=False):
        t.need("POSTMAP", "POSTALIAS", "MAP_CDB")
        if not alone and not os.access(POSTMAP, os.X_OK):
            t.skip("Postfix is not installed")
        self.t = t
        self.dir = os.path.join(t.dir, "tables")
        os.makedirs(os.path.join(self.dir, "conf"))
        with open(os.path.join(self.dir, "conf", "main.cf"), "w") as f:
            f.write("compatibility_level = 3.6\nsmtputf8_enable = yes\nmyhostname = mail.example.test\n"
                    "queue_directory = %s/queue\ndata_directory = %s/data\nmaillog_file = \n" % (self.dir, self.dir))
        open(os.path.join(self.dir, "conf", "master.cf"), "w").close()
        if not types:
            return
        known = subprocess.run(["/usr/sbin/postconf", "-m"], capture_output=True, text=True).stdout.split()
        for name in types:
            if name not in known:
                t.skip("the installed Postfix has no %s tables" % name)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        os.utime(path, (time.time() - 10,) * 2)  # Postfix reads a text table again while its file is fresh
        return path

    def _run(self, argv, stdin):
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        p = subprocess.run(argv, cwd=self.dir, input=data, capture_output=True, timeout=30)
        return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")

    def ours(self, *args, tool="postmap", stdin=""):
        return self._run([self.t.env.binary, tool, "-c", "conf"] + list(args), stdin)

    def theirs(self, *args, tool="postmap", stdin=""):
        status, out, err = self._run(["/usr/sbin/" + tool, "-c", "conf"] + list(args), stdin)
        # What versions of it, and Debian's changes, say in other words.
        err = re.sub(r"(?m)^.*Is the postfix-\w+ package installed\?\n", "", err)
        return status, out, re.sub(r"(?m)name must be local$", "name must be local and have no domain", err)

    def same(self, *args, tool="postmap", stdin="", sort=False):
        """Exit status, output and complaints are the same on both sides."""
        us, them = self.ours(*args, tool=tool, stdin=stdin), self.theirs(*args, tool=tool, stdin=stdin)
        us = us[0], us[1], us[2].replace("Missing ')'", "Unmatched ( or \\(")  # musl's words
        if sort:
            us, them = [(r[0], sorted(r[1].split("\n")), r[2]) for r in (us, them)]
        if us != them:
            self.t.fail("%s %s\n   ours: %r\n theirs: %r" % (tool, " ".join(args), us, them))
        return us
