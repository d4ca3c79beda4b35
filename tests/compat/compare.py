# compare.py - two records of one dialogue, and the list of differences that are intended
# SPDX-License-Identifier: ISC
#
# An entry of tests/compat/differences is a paragraph:
#     TESTS [SECTIONS]          shell patterns of the test's name and of the record's sections (default: all of them)
#     - REGEX                   a whole line that only Postfix has (repeated as needed)
#     + REGEX                   a whole line that only we have
#     ~ REGEX                   this part of a line is not compared
#     * anything else: the reason
# Names of sections are those of tests/lib/record.py; a blank in a pattern is written as "?".
import difflib
import fnmatch
import re


class Entry:
    def __init__(self, number, tests, sections):
        self.number, self.tests, self.sections = number, tests, sections
        self.theirs, self.ours, self.parts, self.reason = [], [], [], []
        self.relevant = False  # a test it is about was compared
        self.used = set()      # of its regexes

    def about(self, test, section):
        return fnmatch.fnmatchcase(test, self.tests) and fnmatch.fnmatchcase(section, self.sections)

    def regexes(self):
        return self.theirs + self.ours + self.parts


class Broken(Exception):
    """The list itself is wrong."""


def _entry_of(number, lines):
    words = lines[0].split()
    if len(words) > 2:
        raise Broken("line %d: TESTS [SECTIONS], then what differs" % number)
    entry = Entry(number, words[0], words[1] if len(words) > 1 else "*")
    for line in lines[1:]:
        mark, _, rest = line.strip().partition(" ")
        kind = {"-": entry.theirs, "+": entry.ours, "~": entry.parts}.get(mark)
        if kind is None:
            entry.reason.append(line.strip())
        else:
            kind.append(re.compile(rest))
    if not entry.reason or not entry.regexes():
        raise Broken("line %d: an entry needs what differs and a reason" % number)
    return entry


def read_differences(path):
    entries, lines, first = [], [], 0
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        for number, line in enumerate(f.read().split("\n") + [""], 1):
            if line.startswith("#"):
                continue
            if line.strip():
                first = first if lines else number
                lines.append(line)
            elif lines:
                entries.append(_entry_of(first, lines))
                lines = []
    return entries


def _mask(lines, entries):
    """Takes out the parts that are not compared; an entry is used if there was one."""
    for entry in entries:
        for regex in entry.parts:
            masked = [regex.sub("", line) for line in lines]
            if masked != lines:
                entry.used.add(regex)
                lines = masked
    return lines


def _intended(line, entries, which):
    for entry in entries:
        for regex in getattr(entry, which):
            if regex.fullmatch(line):
                entry.used.add(regex)
                return True
    return False


def compare_section(section, theirs, ours, entries):
    """Lines of a diff that nobody intended."""
    if theirs == ours:
        return [], False
    theirs, ours = _mask(theirs, entries), _mask(ours, entries)
    if section in ("log", "warnings"):  # each line once, in order, as before
        theirs, ours = sorted(set(theirs)), sorted(set(ours))
    left, known = [], False
    for line in difflib.ndiff(theirs, ours):
        if line[0] in "-+" and line[1] == " ":
            if _intended(line[2:], entries, "theirs" if line[0] == "-" else "ours"):
                known = True
            else:
                left.append(line)
    return left, known or theirs == ours


def compare(test, theirs, ours, entries):
    """What differs without being intended, as text by section; and whether an intended difference was met."""
    found, known = [], False
    for entry in entries:
        entry.relevant = entry.relevant or fnmatch.fnmatchcase(test, entry.tests)
    for section in list(theirs) + [s for s in ours if s not in theirs]:
        about = [e for e in entries if e.about(test, section)]
        lines, intended = compare_section(section, theirs.get(section, []), ours.get(section, []), about)
        known = known or intended
        if lines:
            found += ["== " + section] + lines
    return found, known
