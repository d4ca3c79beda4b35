# instance.py - one private mail system: its directory, configuration, queue, ports, start and stop
# SPDX-License-Identifier: ISC
import email
import email.policy
import os
import pwd
import re
import shutil
import subprocess
import time

from . import certs, proc, slots
from .client import Client
from .dnsserver import DnsServer
from .env import ROOT, Fail, Skip
from .authserver import AuthServer
from .milter import Milter
from .ports import free_port
from .sink import Sink

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = $dir/queue
maillog_file = $dir/maillog
maillog_file_prefixes = $dir
mail_owner = $owner
default_privs = $nobody
myhostname = mail.example.test
mydomain = example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination = $myhostname, localhost
alias_maps = texthash:$dir/aliases
alias_database =
mail_spool_directory = $dir/mail/
virtual_mailbox_domains = example.test
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = texthash:$dir/mailboxes
virtual_uid_maps = static:$uid
virtual_gid_maps = static:$gid
virtual_minimum_uid = 1
"""
# What only Postfix needs.
ORACLE_CF = "data_directory = $dir/data\nsetgid_group = $setgid\nbiff = no\n"

# The users of the virtual domain example.test; mail for them lands in the Maildir $dir/mail/NAME.
MAILBOXES = "".join("%s@example.test %s/\n" % (n, n) for n in ("alice", "bob", "carol", "dave", "postmaster"))

# Lines of a log that no test may leave behind: a process that died of a defect.
CRASH = re.compile(r"panic:|killed by signal (4|6|7|8|11)\b|AddressSanitizer|runtime error:")


def wait_until(what, condition, timeout=15):
    until = time.monotonic() + timeout
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > until:
            raise Fail("waited %d s for %s" % (timeout, what))
        time.sleep(0.02)


FIRST_UID = 21000  # of accounts made for one test


class Instance:
    def __init__(self, env, directory, name="mail"):
        self.env, self.dir, self.name = env, directory, name
        self.config = os.path.join(directory, "etc")  # main.cf and master.cf
        os.makedirs(self.config)
        os.chmod(directory, 0o755)
        self.conf_lines, self.master_lines, self.sinks, self.ports, self.clients = [], [], {}, {}, []
        self.milters, self.auth = {}, None
        self.started, self.configured, self.dns_server, self.users = False, False, None, []
        self.environ = dict(os.environ, MAIL_CONFIG=self.config, LC_ALL="C", TZ="UTC",
                            PATH=env.applet_dir(os.path.join(directory, "bin")) + ":/usr/sbin:/usr/bin:/sbin:/bin")
        for sub in ("data", "queue"):
            os.mkdir(os.path.join(directory, sub))
        os.mkdir(os.path.join(directory, "mail"))
        os.chmod(os.path.join(directory, "mail"), 0o1777)
        if env.root:
            os.chown(os.path.join(directory, "data"), env.owner.pw_uid, env.owner.pw_gid)
        self.file("aliases", "postmaster %s\n" % env.local.pw_name)
        self.file("mailboxes", MAILBOXES)

    # configuration

    def port(self, name="smtp"):
        if name not in self.ports:
            self.ports[name] = free_port()
        return self.ports[name]

    def certs(self):
        """A copy that the instance's users can read."""
        where = os.path.join(self.dir, "certs")
        if not os.path.exists(where):
            shutil.copytree(certs.make(self.env.build), where)
        return where

    def subst(self, text):
        """Replaces the harness's own names: $dir $config $port $port_NAME $sink $sink_NAME $sinkport $certs $owner $setgid
        $localuser $uid $gid $nobody. Everything else, like $myhostname, is left to main.cf."""
        def value(m):
            name = m.group(1)
            if name == "certs":
                return self.certs()
            if name.startswith("port"):
                return str(self.port(name[5:] or "smtp"))
            if name.startswith("milter"):
                return self.milters[name[7:] or "milter"].address
            if name == "auth":
                return self.auth.address
            if name.startswith("sinkport"):
                return str(self.the_sink(name[9:] or "sink").port)
            if name.startswith("sink"):
                return self.the_sink(name[5:] or "sink").address
            return {"dir": self.dir, "config": self.config, "owner": self.env.owner.pw_name, "setgid": self.env.setgid.gr_name,
                    "localuser": self.env.local.pw_name, "uid": str(self.env.local.pw_uid),
                    "gid": str(self.env.local.pw_gid),
                    "nobody": "nobody" if self.env.root else self.env.owner.pw_name}[name]
        return re.sub(r"\$(dir|config|certs|auth|owner|setgid|localuser|uid|gid|nobody|port(?:_\w+)?|milter(?:_\w+)?|sinkport(?:_\w+)?|sink(?:_\w+)?)\b",
                      value, text)

    def conf(self, text):
        """main.cf lines added to the instance's own; the last setting of a name wins."""
        self.conf_lines.append(text)
        if self.configured:
            self.configure()

    def master(self, line):
        """A master.cf line that replaces the one of the same service and type, or is added."""
        self.master_lines.append(line)
        if self.configured:
            self.configure()

    def file(self, path, text, mode=0o644):
        path = os.path.join(self.dir, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write(self.subst(text) if "$" in text else text)
        os.chmod(path, mode)
        return path

    def user(self, name):
        """An account that only this test's processes see: its home is $dir/home/NAME, its shell /bin/sh. Root only."""
        self.env.need("root")
        number = FIRST_UID + len(self.users)
        home = os.path.join(self.dir, "home", name)
        os.makedirs(home)
        os.chown(home, number, number)
        self.users.append((name, number))
        for path, line in (("/etc/passwd", "%s:x:%d:%d:Test user:%s:/bin/sh\n" % (name, number, number, home)),
                           ("/etc/group", "%s:x:%d:\n" % (name, number))):
            copy = os.path.join(self.dir, os.path.basename(path))
            first = not os.path.exists(copy)
            if first:
                shutil.copy(path, copy)
            with open(copy, "a") as f:
                f.write(line)
            if first:
                proc.private_file(path, copy)

    def _main_cf(self):
        """One line per name: the last setting only, so that no warning about repeated names is logged."""
        settings, order = {}, []
        for block in [MAIN_CF + (ORACLE_CF if self.env.oracle else "")] + self.conf_lines:
            logical = re.sub(r"\n[ \t]+", "\n ", block)
            for line in re.split(r"\n(?![ \t])", logical):
                name = line.partition("=")[0].strip()
                if not line.strip():
                    continue
                if name not in settings:
                    order.append(name)
                settings[name] = line
        return self.subst("\n".join(settings[n] for n in order) + "\n")

    def _master_cf(self):
        with open(os.path.join(ROOT, "conf", "master.cf")) as f:
            text = f.read()
        services = {}
        for line in re.split(r"\n(?![ \t])", "\n".join(x for x in text.split("\n") if not x.startswith("#"))):
            self._service(services, line)
        del services[("smtp", "inet")]
        self._service(services, "127.0.0.1:$port inet n - y - - smtpd")
        for line in self.master_lines:
            self._service(services, line)
        out = []
        for words in services.values():
            if self.env.oracle:  # a jail needs files that this one does not have
                words = words[:4] + ["n"] + words[5:]
            out.append(" ".join(words))
        return self.subst("\n".join(out) + "\n")

    @staticmethod
    def _service(services, line):
        words = line.split()
        if len(words) > 7:
            services.pop((words[0], words[1]), None)
            services[(words[0], words[1])] = words
        elif len(words) == 3 and words[2] == "remove":
            services.pop((words[0], words[1]), None)

    def configure(self):
        """Writes main.cf and master.cf."""
        self.port()
        for name, text in (("main.cf", self._main_cf()), ("master.cf", self._master_cf())):
            with open(os.path.join(self.config, name), "w", encoding="utf-8", errors="surrogateescape") as f:
                f.write(text)
        self.configured = True

    def dns(self, text):
        """A DNS server of the instance's own; its zone file $dir/zone may be rewritten while it runs. Our binary is
        told of it by POSTLET_RESOLV_CONF, another one by a resolv.conf in a mount namespace of the test's process."""
        zone = self.file("zone", text)
        if not self.env.oracle:
            self.dns_server = DnsServer(path=zone).start()
            self.file("resolv.conf", "nameserver [127.0.0.1]:%d\n" % self.dns_server.port)
            self.environ["POSTLET_RESOLV_CONF"] = os.path.join(self.dir, "resolv.conf")
            self.conf("import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C POSTLET_RESOLV_CONF")
            return self.dns_server
        address = "127.53.%d.%d" % (os.getpid() >> 8 & 255, os.getpid() & 255)
        self.dns_server = DnsServer(path=zone, addr=address, port=53).start()
        proc.private_file("/etc/resolv.conf", self.file("resolv.conf", "nameserver %s\n" % address))
        return self.dns_server

    # life

    def start(self):
        self.configure()
        status, out = self.run("postfix start", timeout=40)
        self.started = True
        if status != 0:
            raise Fail("postfix start: exit status %d\n%s" % (status, out))
        wait_until("the master to run", self.master_pid)

    def master_pid(self):
        try:
            with open(os.path.join(self.dir, "queue", "pid", "master.pid")) as f:
                pid = int(f.read())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def reload(self):
        if self.configured:
            self.configure()
        status, out = self.run("postfix reload")
        if status != 0:
            raise Fail("postfix reload: exit status %d\n%s" % (status, out))

    def stop(self, how="abort"):
        """Ends the mail system; safe to call at any time."""
        for client in self.clients:
            client.close()
        pid = self.master_pid()
        if pid:
            try:
                self.run("postfix " + how, timeout=20)
            except Fail:
                pass
            until = time.monotonic() + 5
            while self.master_pid() == pid and time.monotonic() < until:
                proc.reap()
                time.sleep(0.02)
        self.started = False

    def close(self):
        self.stop()
        for sink in self.sinks.values():
            sink.stop()
        for milter in self.milters.values():
            milter.stop()
        if self.auth:
            self.auth.stop()
        if self.dns_server:
            self.dns_server.stop()

    def check_crashes(self):
        for line in self.log().splitlines():
            if CRASH.search(line):
                raise Fail("a process crashed: " + line)

    # what tests do with it

    def run(self, command, stdin="", timeout=30, user=None):
        """A shell command in the instance's directory with its commands in PATH: (exit status, stdout and stderr)."""
        if not self.configured:
            self.configure()
        become = {}
        if user and self.env.root:
            entry = pwd.getpwnam(user)
            become = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        data = stdin if isinstance(stdin, bytes) else stdin.encode("utf-8", "surrogateescape")
        out_path = os.path.join(self.dir, "run.out")
        with open(out_path, "wb+") as out:  # a file, not a pipe: a daemon that keeps it open must not block us
            p = subprocess.Popen(["/bin/sh", "-c", command], cwd=self.dir, env=self.environ, stdin=subprocess.PIPE,
                                 stdout=out, stderr=subprocess.STDOUT, **become)
            try:
                p.communicate(data, timeout=timeout)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
                raise Fail("still running after %d s: %s" % (timeout, command))
            out.seek(0)
            return p.returncode, out.read().decode("utf-8", "surrogateescape")

    def connect(self, name="smtp", **kw):
        client = Client(self.port(name), **kw)
        self.clients.append(client)
        return client

    def send(self, sender, recipients, content="Subject: test\n\ntest\n"):
        """One message by SMTP; returns the queue id."""
        client = self.connect()
        client.hello()
        reply = client.message(sender, [recipients] if isinstance(recipients, str) else recipients, content)
        client.line("QUIT")
        client.expect("221")
        client.close()
        m = re.search(r"queued as (\w+)", reply)
        return m.group(1) if m else ""

    def add_sink(self, name="sink", rules=""):
        needs_certs = re.search(r"(?m)^\s*(starttls|tls)\b", rules) is not None
        self.sinks[name] = Sink(rules, self.certs() if needs_certs else None, self.dir)
        return self.sinks[name]

    def add_milter(self, name="milter", rules=""):
        self.milters[name] = Milter(rules, self.dir)
        return self.milters[name]

    def add_auth(self, users=""):
        self.auth = AuthServer(users)
        return self.auth

    def the_sink(self, name="sink"):
        if name not in self.sinks:
            self.add_sink(name)
        return self.sinks[name]

    def log(self):
        try:
            with open(os.path.join(self.dir, "maillog"), encoding="utf-8", errors="surrogateescape") as f:
                return f.read()
        except OSError:
            return ""

    def wait_log(self, pattern, timeout=15):
        return wait_until("log line /%s/" % pattern, lambda: re.search(pattern, self.log(), re.M), timeout)

    def maildir(self, user):
        """The messages of a mailbox: raw text each, oldest first."""
        found = []
        for sub in ("new", "cur"):
            where = os.path.join(self.dir, "mail", user, sub)
            if os.path.isdir(where):
                found += [os.path.join(where, n) for n in os.listdir(where)]
        found.sort(key=lambda p: (os.stat(p).st_mtime_ns, p))
        texts = []
        for path in found:
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
                texts.append(f.read())
        return texts

    def mail(self, user):
        """The same, parsed."""
        return [email.message_from_string(t, policy=email.policy.compat32) for t in self.maildir(user)]

    def wait_delivered(self, user, count=1, timeout=15):
        wait_until("%d message(s) for %s" % (count, user), lambda: len(self.maildir(user)) >= count, timeout)
        return self.maildir(user)

    def queue(self, which):
        """Queue ids in one queue directory, or in all of them for "all"."""
        if which == "all":
            return [i for q in ("maildrop", "incoming", "active", "deferred", "hold", "corrupt") for i in self.queue(q)]
        # Slots first: what leaves one while we look is then in the directory.
        ids = slots.messages(os.path.join(self.dir, "queue")) if which == "incoming" else []
        for _, _, names in os.walk(os.path.join(self.dir, "queue", which)):
            ids += names
        return list(dict.fromkeys(ids))

    def wait_queue(self, which, count, timeout=15):
        wait_until("%d message(s) in queue %s, there are %s" % (count, which, self.queue(which)),
                   lambda: len(self.queue(which)) == count, timeout)


class Case:
    """What a python test function gets: def test_name(t)."""

    def __init__(self, env, directory):
        self.env, self.dir, self.instances = env, directory, []

    def need(self, *words):
        for word in words:
            self.env.need(word)

    def since(self, version):
        self.env.since(version)

    @staticmethod
    def skip(why):
        raise Skip(why)

    @staticmethod
    def fail(why):
        raise Fail(why)

    @staticmethod
    def equal(got, want):
        if got != want:
            raise Fail("got %r, want %r" % (got, want))

    @staticmethod
    def match(pattern, text):
        m = re.search(pattern, text, re.M)
        if not m:
            raise Fail("no match for /%s/ in:\n%s" % (pattern, "\n".join(text.split("\n")[-15:])))
        return m

    def instance(self, conf="", master=(), files=None, start=True):
        """A mail system of its own; conf is main.cf lines, files maps path to text."""
        i = Instance(self.env, os.path.join(self.dir, "i%d" % len(self.instances)))
        self.instances.append(i)
        for path, text in (files or {}).items():
            i.file(path, text)
        if conf:
            i.conf("\n".join(x.strip() for x in conf.strip().splitlines()))
        for line in master:
            i.master(line)
        if start:
            i.start()
        return i

    def close(self):
        for i in self.instances:
            i.close()
