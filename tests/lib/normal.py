# normal.py - makes what two mail systems did comparable: takes out what differs between any two runs
# SPDX-License-Identifier: ISC
#
# Queue ids, dates, process ids, ports, directories, delays and sizes become words in capitals (QID, DATE, ...).
# Everything else stays as it is, so a difference that is left is one of behaviour.
import re

DAY, MONTH = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

PATTERNS = [(re.compile(p), r) for p, r in (
    (DAY + r", +\d+ " + MONTH + r" \d{4} \d\d:\d\d:\d\d [+-]\d{4}(?: \(\w+\))?", "DATE"),
    (DAY + " " + MONTH + r" +\d+ \d\d:\d\d:\d\d(?: \d{4})?", "DATE"),
    (r"\b" + MONTH + r" +\d+ \d\d:\d\d:\d\d\b", "DATE"),
    (r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d\b", "DATE"),
    (r"\b\d{10}\.(?:V[0-9a-f]+I[0-9a-f]+M|P)\d+\.\w+", "MAILDIR-NAME"), (r'("(?:arrival_time|message_size)": )\d+', r"\1N"),
    (r"^(AUTH SCRAM-SHA-256 )?(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9+/]{40,}=*$", r"\1BASE64"), (r"message size \d+ exceeds", "message size N exceeds"),
    (r"\b(probe|double-bounce)[A-Z]{4}@", r"\1TIME@"), (r"<\d{14}\.[0-9A-Za-z]+@", "<DATE.QID@"),
    (r"conn_use=\d+, delay=", "delay="), (r"\bdelay=[\d.e+-]+, delays=[\d.e+/-]+", "delay=N"),
    (r"\b(v=)?Postfix (\d+\.\d+\.\d+)\b", r"\1Postfix VERSION"),
    (r"\bsize=\d+", "size=N"), (r"\bSIZE=\d+", "SIZE=N"),
    (r"(id|as|queued as|queue-id|X-Postfix-Queue-ID:|message:) (?:[0-9A-F]{8,16}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{12,20})\b", r"\1 QID"),
    (r"\b[0-9A-F]{9,14}\b(?<!\d{9})(?<!\d{10})", "QID"),
    (r"QID\.\d{10}/", "QID.N/"),
    (r"\[\d+\]: ", ": "),
    (r"\]:\d{4,5}\b", "]:PORT"), (r"\bPORT=\d{4,5}\b", "PORT=N"), (r"\(_ssl\.c:\d+\)", "(_ssl.c)"),
)]


class Normaliser:
    """For the record of one run: its directory, ports and queue ids are known."""

    def __init__(self, directory, base, ports, ids):
        filtered = re.sub("[^a-z/]", "_", directory)  # as command_expansion_filter may leave it
        self.words = [(directory, "$dir"), (filtered, "$dir"), (base, "$base")] + [(i, "QID") for i in sorted(ids, key=len, reverse=True)]
        self.ports = {str(number): name for name, number in ports.items()}
        self.port = re.compile(r"(?<![\d.])(%s)\b" % "|".join(self.ports)) if self.ports else None

    def text(self, text):
        for word, instead in self.words:
            text = text.replace(word, instead)
        if self.port:
            text = self.port.sub(lambda m: "PORT_" + self.ports[m.group(1)], text)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def lines(self, lines):
        return [self.text(line) for line in lines]


def queue_ids(log):
    """The ids that a log names."""
    return set(re.findall(r"(?m)^\S+ +\d+ \S+ \S+ \S+\[\d+\]: (?:warning: )?((?=[A-Za-z]*\d)[0-9A-Za-z]{8,20}): ", log))


KEPT = re.compile(r"status=|: (reject|hold|discard|filter|redirect|prepend|warn|permit|info|strip|bcc|milter-\w+|reject_warning|"
                  r"header-\w+|replace|dunno)\b|client=|from=<|to=<")
NOISE = re.compile(r"daemon started|statistics:|disconnect from|postfix-script")


def log_lines(log):
    """What became of clients, senders and recipients: the lines, without date, host and process, each once."""
    kept = set()
    for line in log.splitlines():
        m = re.match(r"\S+ +\d+ \S+ \S+ (\S+?)\[\d+\]: (.*)$", line)
        if m and KEPT.search(m.group(2)) and not NOISE.search(line):
            kept.add("%s: %s" % m.groups())
    return sorted(kept)


WARNING = re.compile(r"(?:warning|error|fatal|panic): ")
# What the system, a library or a helper process of one of the two has to say.
APART = re.compile(r"^(postfix/master|postfix/postfix-script|postfix/postfix|postfix/postlog): |TLS library problem|No worthy mechs found|"
                   r"(connect to|problem talking to server) (private|public)/|NIS domain name|"
                   r"file system clock is|resetting file time stamps")


def warnings(log):
    """What the programs of the mail system complain about: as log_lines()."""
    kept = set()
    for line in log.splitlines():
        m = re.match(r"\S+ +\d+ \S+ \S+ (\S+?)\[\d+\]: (.*)$", line)
        if m and WARNING.match(m.group(2)) and not KEPT.search(m.group(2)) and not APART.search("%s: %s" % m.groups()):
            kept.add("%s: %s" % m.groups())
    return sorted(kept)


def session(lines):
    """A connection to a next hop or a filter. When it is closed is a matter of time; a filter is told to abort whether or
    not there is anything to abort."""
    lines = [line for line in lines if line != "abort"]
    while lines and (lines[-1] in ("QUIT", "disconnect", "quit", "close") or lines[-1].startswith("error ")):
        lines.pop()
    return lines


def transactions(lines):
    """A connection to a next hop, one list for its beginning and one for each message: which of them share a connection
    is a matter of time, and in which order recipients are named has no meaning."""
    parts = [[]]
    for line in session(lines):
        if line.startswith("MAIL FROM:"):
            parts.append([])
        if line != "RSET":
            parts[-1].append(line)
    for part in parts:
        at = [n for n, line in enumerate(part) if line.startswith("RCPT TO:")]
        for n, line in zip(at, sorted(part[n] for n in at)):
            part[n] = line
    return parts


def _sorted_parts(text, pattern):
    """The parts of a text that are so: in an order of their own."""
    parts = iter(sorted(re.findall(pattern, text, re.M)))
    return re.sub(pattern, lambda m: next(parts), text, flags=re.M)


def message(lines):
    """A message or mailbox: what came first is a matter of time, for messages of a mailbox and for those a notice is about."""
    text = "\n".join(lines)
    if text.startswith("From "):
        text = "\n".join(sorted(one.rstrip("\n") for one in re.split(r"\n(?=From )", text)))
    if "report-type=" in text:
        text = _sorted_parts(_sorted_parts(text, r"^<.*(?:\n    .*)*"), r"^Final-Recipient:.*(?:\n.+)*")
    return text.split("\n")


def _sorted_reasons(m):
    return "".join(sorted(part.rstrip("\n") + "\n" for part in re.split(r"(?m)^(?= *\()", m.group(0)) if part))


def listing(text):
    """A queue listing: the entries in an order of their own, columns without padding."""
    text = re.sub(r"(?m)^((?:QID|[0-9A-Za-z]{6,})[*!#]?) +\d+ ", r"\1 N ", re.sub(r"-- \d+ Kbytes", "-- N Kbytes", text))
    text = re.sub(r"^( *\(.*\)\n(?: .*\n?)*)+", _sorted_reasons, text, flags=re.M)
    head, _, rest = text.partition("\n") if text.startswith("-Queue ID-") else ("", "", text)
    entries = [head] * bool(head) + sorted(rest.split("\n\n"))
    return [re.sub(r"[ \t]+", " ", line).strip() for entry in entries for line in entry.split("\n")]
