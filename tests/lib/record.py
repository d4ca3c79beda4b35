# record.py - what happened in a dialogue, as lists of lines that can be compared with another run of it
# SPDX-License-Identifier: ISC
#
# take() gives what there was, as it was (it can be kept); sections() makes it comparable.
# Sections: "replies NAME" what a client said and was answered, "output N" of a command, "mailbox FILE" and "file FILE"
# what is in the instance's directory at the end, "hop NAME" and "message NAME" what a next hop was told and took,
# "milter NAME" what a filter was told, "queue" the listing, "log" what became of clients and recipients, "warnings" the
# other lines that begin with warning:, error: or fatal:.
import os
import time

from . import normal

# Not the work of a mail system: what the harness made.
FOREIGN = ("openssl", "queue/", "gnutls", "/proc/", "mail/")  # commands whose output is not ours to compare
OWN = ("etc", "queue", "data", "bin", "certs", "maillog", "run.out", "passwd", "group", "resolv.conf", "zone")
QUIET, PATIENCE = 0.4, 5.0  # seconds without a change that end a test, and how long to wait for them


def _state(instance):
    """A value that changes while anything happens."""
    return (len(instance.log()), [len(s.lines) for s in instance.sinks.values()],
            [len(m.lines) for m in instance.milters.values()], sorted(instance.queue("all")))


def settle(instance):
    """Waits until nothing moves: deliveries that the dialogue did not wait for."""
    began = since = time.monotonic()
    state = _state(instance)
    while time.monotonic() < min(since + QUIET, began + PATIENCE):
        time.sleep(0.05)
        now = _state(instance)
        if now != state or ((instance.queue("incoming") or instance.queue("active")) and instance.master_pid()):
            state, since = now, time.monotonic()


def _read(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
        return f.read()


def _files(top, before):
    """Regular files below a directory that are not older than the test: (name, text)."""
    for where, dirs, names in os.walk(top):
        if where == top:
            dirs[:], names = [d for d in dirs if d not in OWN], [n for n in names if n not in OWN]
        for name in sorted(names):
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path) and before.get(path) != os.stat(path).st_mtime_ns:
                yield os.path.relpath(path, top), _read(path)


def snapshot(instance):
    """What is there before the system starts."""
    found = {}
    for where, _, names in os.walk(instance.dir):
        for name in names:
            path = os.path.join(where, name)
            found[path] = os.lstat(path).st_mtime_ns
    return found


def take(dialogue, before):
    """The record of a dialogue that has run; the system is still there."""
    i = dialogue.instance
    settle(i)
    ports = dict(i.ports)
    ports.update(("sink_" + n, s.port) for n, s in i.sinks.items() if s.port)
    ports.update(("milter_" + n, int(m.address.rpartition(":")[2])) for n, m in i.milters.items() if m.address.startswith("inet:"))
    return {
        "dir": i.dir, "base": os.path.dirname(i.dir), "ports": ports, "queue": i.queue("all"), "log": i.log(),
        "clients": {n: c.transcript for n, c in dialogue.clients.items()},
        "outputs": [x for x in dialogue.outputs if not any(word in x[0] for word in FOREIGN)],
        "files": list(_files(i.dir, before)),
        "hops": {n: s.sessions for n, s in i.sinks.items()},
        "messages": {n: [["from " + str(m["from"])] + ["to " + t for t in sorted(m["to"])] +
                         m["data"].decode("utf-8", "surrogateescape").split("\r\n") for m in s.messages] for n, s in i.sinks.items()},
        "milters": {n: m.sessions for n, m in i.milters.items()},
        "listing": i.run("postqueue -p")[1] if i.master_pid() else "",
    }


def _mailboxes(files, clean):
    """Maildirs by content, since names say nothing; other files by name."""
    boxes, alike = {}, {}
    for name, text in files:
        folder, _, leaf = name.rpartition("/")
        lines = normal.message(clean(text.split("\n")))
        if folder.endswith(("/new", "/cur")):
            boxes.setdefault(folder[:-4], []).append(lines)
        elif not folder.endswith("/tmp") and not leaf.endswith((".db", ".cdb", ".lmdb", ".so")):
            alike.setdefault("file " + clean([name])[0], []).append(lines)
    found = {name: [line for text in sorted(texts) for line in text] for name, texts in alike.items()}
    for name, messages in boxes.items():
        found["mailbox " + name] = [line for m in sorted(messages) for line in ["-- message"] + m]
    return found


def _each_once(lists):
    """How often something is tried again depends on time, which comes first on luck."""
    return [line for one in sorted({tuple(x) for x in lists}) for line in ["--"] + list(one)]


def _output(command, status, out, clean):
    text = clean(out.split("\n"))
    listing = "postqueue" in command or "mailq" in command
    return ["exit status %d" % status] + (normal.listing("\n".join(text)) if listing else normal.message(text))


def sections(raw):
    """Named lists of lines without what differs between any two runs."""
    ids = normal.queue_ids(raw["log"]) | set(raw["queue"])
    clean = normal.Normaliser(raw["dir"], raw["base"], raw["ports"], ids).lines
    found = {"replies " + n: clean(x for x in lines if not x.startswith("([Errno")) for n, lines in raw["clients"].items()}
    for number, (command, status, out) in enumerate(raw["outputs"]):
        found["output %d %s" % (number, command[:40])] = _output(command, status, out, clean)
    found.update(_mailboxes(raw["files"], clean))
    for name, sessions in raw["hops"].items():
        found["hop " + name] = _each_once(t for c in sessions for t in normal.transactions(clean(c)))
    for name, messages in raw["messages"].items():
        found["message " + name] = _each_once(normal.message(clean(m)) for m in messages)
    for name, sessions in raw["milters"].items():
        found["milter " + name] = _each_once(normal.session(clean(c)) for c in sessions)
    found["queue"] = normal.listing("\n".join(clean(raw["listing"].split("\n"))))
    found["log"] = sorted(set(clean(normal.log_lines(raw["log"]))))
    found["warnings"] = sorted(set(clean(normal.warnings(raw["log"]))))
    return found
