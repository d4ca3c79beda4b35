# dialogue.py - reads and runs one tests/**/NAME.t; the language is described in tests/README.md
# SPDX-License-Identifier: ISC
import ast
import os
import re
import signal
import time

from .env import Fail
from .instance import Instance, wait_until


class Step:
    def __init__(self, number, word, rest):
        self.number, self.word, self.rest, self.block = number, word, rest, []

    def __str__(self):
        return "line %d: %s %s" % (self.number, self.word, self.rest)


# Words that set the instance up, wherever they stand; everything else happens in order.
SETUP = ("need", "since", "twin", "conf", "file", "user", "master", "sink", "milter", "dns", "auth", "nostart", "prepare", "timeout")
ACTIONS = ("C:", "S:", "S=", "R:", "R&", "R!", "open", "use", "close", "eof", "starttls", "tls", "raw", "session",
           "message", "try", "run", "in:", "out:", "out=", "noout:", "status", "wait", "maildir", "has:", "hasnot:", "has=",
           "log:", "nolog:", "logcount", "queue", "sink:", "nosink:", "sink=", "sinkcount", "sinkrule", "milter:", "nomilter:", "milter=", "miltercount", "milterrule", "pause", "reload",
           "restart", "stop", "start", "write")


# "twin lmtp": the same dialogue once more, with these changes.
TWINS = {"lmtp": [(r"^conf relayhost = ", "conf default_transport = lmtp:"), (r"\bsmtp:", "lmtp:"),
                  (r"\bsmtp_helo_", "lmtp_lhlo_"), (r"\bsmtp_(\w*)ehlo_", r"lmtp_\1lhlo_"), (r"\bsmtp_", "lmtp_"),
                  (r"postfix/smtp\b", "postfix/lmtp"), (r"^((no)?sink\b.*|    )\b[EH][EH]LO\b(?!=)", r"\1LHLO"),
                  (r"^sink\b( \w+)?$", "\\g<0>\n    lmtp")]}


def source_of(path, twin):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        text = f.read()
    for pattern, instead in TWINS.get(twin, ()):
        text = re.sub("(?m)" + pattern, instead, text)
    return text


def twins_of(path):
    """Other forms in which this dialogue is to run."""
    return re.findall(r"(?m)^twin (\w+)", source_of(path, None))


def parse(path, twin=None):
    setup, steps, last = [], [], None
    for number, line in enumerate(source_of(path, twin).splitlines(), 1):
        if line[:1] in " \t" and line.strip() and last:
            last.block.append(re.sub(r"^(\t| {1,4})", "", line))
            continue
        if not line.strip():
            if last and last.block and last.word in ("file", "write", "message", "run"):
                last.block.append("")
            continue
        if line.startswith("#"):
            continue
        m = re.match(r"(sink|nosink|milter|nomilter)\((\w+)\)([:=])\s?(.*)$", line)
        word, rest = (m.group(1) + m.group(3), "\0%s\0%s" % (m.group(2), m.group(4))) if m else split_word(line)
        if word not in SETUP and word not in ACTIONS:
            raise Fail("line %d: unknown word %r" % (number, word))
        last = Step(number, word, rest)
        (setup if word in SETUP else steps).append(last)
    for step in setup + steps:
        while step.block and step.block[-1] == "":
            step.block.pop()
    return setup, steps


def split_word(line):
    m = re.match(r"([CSR][:=&!]|[a-z]+[:=]?)( ?)(.*)$", line)
    return (m.group(1), m.group(3)) if m else (line.split()[0], "")


class Dialogue:
    def __init__(self, env, directory, path, twin=None):
        self.env, self.path = env, path
        self.setup, self.steps = parse(path, twin)
        self.instance = Instance(env, os.path.join(directory, "i0"))
        self.clients, self.current, self.out, self.status, self.status_checked = {}, None, "", 0, True
        self.input, self.mailbox, self.nostart, self.prepare = None, [], False, []
        self.outputs = []  # (command, status, output) of every command

    def run(self):
        i = self.instance
        step = None
        try:
            for step in self.setup:
                self._set_up(step)
            i.configure()
            if self.nostart:
                i.run("postfix check", timeout=40)  # the queue's directories
            for step in self.prepare:
                self._run_now(step.rest, step.block)
                if self.status != 0:
                    raise Fail("exit status %d\n%s" % (self.status, self.out))
            self.status_checked = True
            step = None
            if not self.nostart:
                i.start()
            for step in self.steps:
                if not step.word.startswith(("in:", "out", "noout", "status")):
                    self._check_status()
                self._step(step)
            self._check_status()
            step = None
            i.check_crashes()
        except Fail as e:
            raise Fail("%s%s" % (str(step) + "\n" if step else "", e))

    def transcript(self):
        text = []
        for name, c in self.clients.items():
            text.append("-- dialogue %s" % name)
            text += c.transcript[-30:]
        for name, s in self.instance.sinks.items():
            text.append("-- %s received" % name)
            text += s.text().split("\n")[-30:]
        for name, s in self.instance.milters.items():
            text.append("-- %s was told" % name)
            text += s.text().split("\n")[-60:]
        if self.out:
            text += ["-- output of the last command", self.out[-3000:]]
        return "\n".join(text)

    # set-up

    def _set_up(self, step):
        i = self.instance
        if step.word == "need":
            for word in step.rest.split():
                self.env.need(word)
        elif step.word == "since":
            self.env.since(step.rest.strip())
        elif step.word == "conf":
            i.conf("\n ".join([step.rest] + step.block))
        elif step.word == "file":
            words = step.rest.split()
            i.file(words[0], "\n".join(step.block) + ("\n" if step.block else ""),
                   int(words[1], 8) if len(words) > 1 else 0o644)
        elif step.word == "user":
            for name in step.rest.split():
                i.user(name)
        elif step.word == "master":
            i.master(" ".join([step.rest] + step.block))
        elif step.word == "sink":
            i.add_sink(step.rest.strip() or "sink", "\n".join(i.subst(x) for x in step.block))
        elif step.word == "milter":
            i.add_milter(step.rest.strip() or "milter", "\n".join(i.subst(x) for x in step.block))
        elif step.word == "auth":
            i.add_auth("\n".join(step.block))
        elif step.word == "dns":
            i.dns("\n".join(i.subst(x) for x in step.block) + "\n")
        elif step.word == "nostart":
            self.nostart = True
        elif step.word == "prepare":
            self.prepare.append(step)

    # steps

    def _step(self, step):
        name = {":": "", "=": "_exact", "&": "_also", "!": "_not"}
        method = "_do_" + step.word.rstrip(":=&!") + name.get(step.word[-1], "")
        getattr(self, method)(self.instance.subst(step.rest), step)

    def _client(self):
        if self.current is None:
            self._do_open("", None)
        return self.clients[self.current]

    def _do_C(self, text, step):
        self._client().line(text)

    def _do_S(self, pattern, step):
        line = self._client().read_line()
        if line is None or not re.match(pattern, line):
            raise Fail("got %r" % line)

    def _do_S_exact(self, text, step):
        line = self._client().read_line()
        if line != text:
            raise Fail("got %r" % line)

    def _do_R(self, pattern, step):
        text = self._client().reply()
        if not re.match(pattern, text):
            raise Fail("got %r" % text)

    def _do_R_also(self, pattern, step):
        if not any(re.match(pattern, x) for x in self._client().reply_lines):
            raise Fail("not in the reply %r" % self._client().reply_lines)

    def _do_R_not(self, pattern, step):
        if any(re.match(pattern, x) for x in self._client().reply_lines):
            raise Fail("is in the reply %r" % self._client().reply_lines)

    def _do_open(self, rest, step):
        """open [PORTNAME] [as NAME] [from ADDRESS]"""
        words = rest.split()
        options = dict(zip(words[1::2], words[2::2])) if len(words) % 2 else dict(zip(words[0::2], words[1::2]))
        port = words[0] if len(words) % 2 else "smtp"
        self.current = options.get("as", port)
        self.clients[self.current] = self.instance.connect(port, source=options.get("from"))

    def _do_use(self, rest, step):
        self.current = rest.strip()
        if self.current not in self.clients:
            raise Fail("no connection of this name")

    def _do_close(self, rest, step):
        self._client().close()
        self.clients["closed %d" % step.number] = self.clients.pop(self.current)
        self.current = None

    def _do_eof(self, rest, step):
        line = self._client().read_line()
        if line is not None:
            raise Fail("expected the end of the connection, got %r" % line)
        self._do_close(rest, step)

    def _do_starttls(self, rest, step):
        self._client().line("STARTTLS")
        self._client().expect("220")
        self._do_tls(rest, step)

    def _do_tls(self, rest, step):
        """tls|starttls [cert=NAME] [verify] [version=1.2|1.3] [name=HOST]"""
        options = dict(w.partition("=")[::2] for w in rest.split())
        self._client().starttls(self.instance.certs(), options.get("cert"), "verify" in options,
                                options.get("name", "mail.example.test"), options.get("version"))

    def _do_raw(self, rest, step):
        m = re.match(r'((?:"(?:[^"\\]|\\.)*")(?:\s*\*\s*\d+)?)\s*$', rest)
        if not m:
            raise Fail('raw wants "text" or "text" * N')
        text, _, times = m.group(1).rpartition("*") if re.search(r'"\s*\*\s*\d+$', m.group(1)) else (m.group(1), "", "1")
        data = ast.literal_eval("b" + text.strip() if text.isascii() else text.strip())
        self._client().send((data if isinstance(data, bytes) else data.encode()) * int(times))

    def _do_session(self, rest, step):
        """A new connection up to and including EHLO."""
        self._do_open(rest, step)
        self._client().hello()

    def _do_message(self, rest, step):
        """message FROM TO... + indented content: a whole session of its own."""
        words = [w.strip("<>") for w in rest.split()]
        content = self.instance.subst("\n".join(step.block)) if step.block else "Subject: test\n\ntest\n"
        client = self.instance.connect()
        self.clients["message, line %d" % step.number] = client
        client.hello()
        client.message(words[0], words[1:], content)
        client.line("QUIT")
        client.expect("221")
        client.close()

    def _do_try(self, rest, step):
        """try [PORT] [from ADDRESS] + indented lines: a session as far as it is let; content after DATA up to "." only if it
        is wanted, "starttls CERT" is a step of its own, and a line that ends in "+" goes together with the next one."""
        self._do_open(rest, step)
        client, lines = self._client(), [self.instance.subst(x) for x in step.block]
        try:
            client.reply()
            while lines:
                lines = self._try_line(client, lines)
        except Fail:
            pass  # closed by the server, which the transcript shows
        client.close()
        self.clients["line %d" % step.number] = self.clients.pop(self.current)
        self.current = None

    def _try_line(self, client, lines):
        line, rest = lines[0], lines[1:]
        if line.startswith("starttls "):
            self._do_starttls("cert=" + line[9:], None)
        elif line.endswith("+"):
            client.send(("%s\r\n%s\r\n" % (line[:-1], rest[0])).encode())
            client.reply()
            client.reply()
            rest = rest[1:]
        elif line == "DATA":
            end = rest.index(".") + 1
            client.line(line)
            if client.reply().startswith("354"):
                client.send("".join(x + "\r\n" for x in rest[:end]).encode("utf-8", "surrogateescape"))
                client.reply()
            rest = rest[end:]
        else:
            client.line(line)
            client.reply()
        return rest

    def _do_run(self, command, step):
        self._run_now(step.rest, step.block)

    def _run_now(self, command, block):
        """A command; indented lines are its standard input, "as USER COMMAND" runs it as that user."""
        i = self.instance
        m = re.match(r"as (\S+) (.*)$", command)
        user, command = (i.subst(m.group(1)), m.group(2)) if m else (None, command)
        stdin = "".join(i.subst(x) + "\n" for x in block)
        for _ in range(5):
            self.status, self.out = i.run(i.subst(command), stdin, user=user)
            if not (self.env.oracle and command.startswith("postkick ") and self.status in (-signal.SIGPIPE, 128 + signal.SIGPIPE)):
                break  # Postfix's postkick dies when the service has gone before it could say its word
        self.outputs.append((command, self.status, self.out))
        self.status_checked = False

    def _check_status(self):
        if not self.status_checked and self.status != 0:
            raise Fail("exit status %d of the command before this line" % self.status)
        self.status_checked = True

    def _do_status(self, rest, step):
        self.status_checked = True
        if self.status != int(rest):
            raise Fail("exit status %d" % self.status)

    def _do_out(self, pattern, step):
        if not re.search(pattern, self.out, re.M):
            raise Fail("not in the output")

    def _do_out_exact(self, text, step):
        if text not in self.out.split("\n"):
            raise Fail("no such line in the output")

    def _do_noout(self, pattern, step):
        if re.search(pattern, self.out, re.M):
            raise Fail("is in the output")

    def _do_wait(self, rest, step):
        words = rest.split()
        if words[0] == "delivered":
            self.mailbox = self.instance.wait_delivered(words[1], int(words[2]) if len(words) > 2 else 1)
        elif words[0] == "log":
            self.instance.wait_log(rest.partition("log ")[2])
        elif words[0] == "file":
            wait_until("file " + words[1], lambda: os.path.exists(os.path.join(self.instance.dir, words[1])))
        else:
            raise Fail("wait delivered USER [N] | log REGEX | file PATH")

    def _do_maildir(self, rest, step):
        """maildir USER [N]: exactly N messages (default 1); has: and hasnot: look at the newest of them."""
        words = rest.split()
        count = int(words[1]) if len(words) > 1 else 1
        self.mailbox = self.instance.wait_delivered(words[0], count) if count else self.instance.maildir(words[0])
        if len(self.mailbox) != count:
            raise Fail("%d messages" % len(self.mailbox))

    def _newest(self):
        if not self.mailbox:
            raise Fail("no message to look at; put a maildir or wait delivered line before")
        return self.mailbox[-1]

    def _do_has(self, pattern, step):
        if not re.search(pattern, self._newest(), re.M):
            raise Fail("not in the message:\n" + self._newest()[:3000])

    def _do_has_exact(self, text, step):
        if text not in self._newest().split("\n"):
            raise Fail("no such line in the message:\n" + self._newest()[:3000])

    def _do_hasnot(self, pattern, step):
        if re.search(pattern, self._newest(), re.M):
            raise Fail("is in the message:\n" + self._newest()[:3000])

    def _do_log(self, pattern, step):
        self.instance.wait_log(pattern)

    def _do_nolog(self, pattern, step):
        m = re.search(".*(?:" + pattern + ").*", self.instance.log(), re.M)
        if m:
            raise Fail("is in the log: " + m.group(0))

    def _do_logcount(self, rest, step):
        """logcount N REGEX; what is told late is waited for"""
        count, _, pattern = rest.partition(" ")
        until, got = time.monotonic() + 5, None
        while got is None or (got < int(count) and time.monotonic() < until):
            time.sleep(0 if got is None else 0.05)
            got = len(re.findall(pattern, self.instance.log(), re.M))
        if got != int(count):
            raise Fail("%d lines" % got)

    def _do_queue(self, rest, step):
        """queue empty | queue DIRECTORY N"""
        words = rest.split()
        if words == ["empty"]:
            self.instance.wait_queue("all", 0)
        else:
            self.instance.wait_queue(words[0], int(words[1]))

    def _sink(self, rest):
        if rest.startswith("\0"):
            _, name, text = rest.split("\0")
            return self.instance.the_sink(name), text
        return self.instance.the_sink(), rest

    def _do_sink(self, rest, step):
        sink, pattern = self._sink(rest)
        wait_until("the next hop to receive /%s/" % pattern, lambda: re.search(pattern, sink.text(), re.M))

    def _do_sink_exact(self, rest, step):
        sink, text = self._sink(rest)
        wait_until("the next hop to receive %r" % text, lambda: text in sink.text().split("\n"))

    def _do_nosink(self, rest, step):
        sink, pattern = self._sink(rest)
        if re.search(pattern, sink.text(), re.M):
            raise Fail("the next hop received it")

    def _do_sinkcount(self, rest, step):
        """sinkcount [NAME] N: exactly so many messages arrived."""
        words = rest.split()
        sink = self.instance.the_sink(words[0] if len(words) > 1 else "sink")
        wait_until("%s messages at the next hop" % words[-1], lambda: sink.count() >= int(words[-1]))
        if sink.count() != int(words[-1]):
            raise Fail("%d messages" % sink.count())

    def _do_sinkrule(self, rest, step):
        self.instance.the_sink().rule(rest)

    def _milter(self, rest):
        if rest.startswith("\0"):
            _, name, text = rest.split("\0")
            return self.instance.milters[name], text
        return self.instance.milters["milter"], rest

    def _do_milter(self, rest, step):
        milter, pattern = self._milter(rest)
        wait_until("the filter to be told /%s/" % pattern, lambda: re.search(pattern, milter.text(), re.M))

    def _do_milter_exact(self, rest, step):
        milter, text = self._milter(rest)
        wait_until("the filter to be told %r" % text, lambda: text in milter.text().split("\n"))

    def _do_nomilter(self, rest, step):
        milter, pattern = self._milter(rest)
        if re.search(pattern, milter.text(), re.M):
            raise Fail("the filter was told")

    def _do_miltercount(self, rest, step):
        """miltercount N REGEX"""
        count, _, pattern = rest.partition(" ")
        got = len(re.findall(pattern, self.instance.milters["milter"].text(), re.M))
        if got != int(count):
            raise Fail("%d times" % got)

    def _do_milterrule(self, rest, step):
        self.instance.milters["milter"].rule(rest)

    def _do_pause(self, rest, step):
        time.sleep(float(rest))

    def _do_reload(self, rest, step):
        self.instance.reload()

    def _do_start(self, rest, step):
        self.instance.start()

    def _do_stop(self, rest, step):
        self.instance.stop(rest.strip() or "stop")

    def _do_restart(self, rest, step):
        self.instance.stop("stop")
        self.instance.start()

    def _do_write(self, rest, step):
        """write PATH + indented lines: replaces a file while the system runs."""
        self.instance.file(rest.strip(), "\n".join(step.block) + "\n")
