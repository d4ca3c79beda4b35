# test_manual.py - every command and daemon has a manual page, and a command's page has the options that its code takes
# SPDX-License-Identifier: ISC
import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Taken for the sake of old callers or scripts, and without effect: not worth a line in a page.
SILENT = {"postlog": "i"}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def rows(kind, path):
    """(name, entry) of the rows of a registry."""
    return re.findall(kind + r'\("([^"]+)", (\w+)', read(path))


def page_of(name, section):
    """The text of a page; one that only names another is that other."""
    text = read("conf", "man", "%s.%d" % (name, section))
    other = re.match(r"(?:\.\\\".*\n)*\.so man\d/(\S+)", text)
    return read("conf", "man", other.group(1)) if other else text


def accepted(entry):
    """The option letters of the source file that has the entry, from what it gives to getopt."""
    for path in glob.glob(os.path.join(ROOT, "src/tool/*.c")):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if re.search(r"^int %s\(int argc, char \*\*argv\)$" % entry, text, re.M):
            break
    else:
        raise AssertionError("no source of " + entry)
    alias = "alias" in entry
    inner = re.search(r"return (\w+)_command\(\"\w+\", true", text)
    if inner:  # postalias is postmap with another name
        with open(os.path.join(ROOT, "src/tool/%s.c" % inner.group(1)), encoding="utf-8") as f:
            text = f.read()
    letters = set()
    for arg in re.findall(r"getopt\(argc, argv,\s*([^()]+)\)", text):
        choice = re.match(r"\S+ \? (\"[^\"]*\") : (\"[^\"]*\")$", arg)
        if choice:
            arg = choice.group(1 if alias else 2)
        for macro in re.findall(r"(?<![\w\"])[A-Za-z]\w+(?![\w\"])", re.sub(r"\"[^\"]*\"", '""', arg)):
            arg += " " + re.search(r"%s(?:\[\] =|)\s*((?:\"[^\"]*\"\s*(?:\\\n)?)+)" % macro, text).group(1)
        letters |= set("".join(re.findall('"([^"]*)"', arg))) - set(":+-")
    return letters


def documented(text):
    """The options that have a paragraph."""
    return set(re.findall(r"^\.B[RI]? .*?\\-([A-Za-z0-9#])(?![\w-])", text.split(".SH DESCRIPTION", 1)[1], re.M)) | \
        set(x for line in re.findall(r"^\.B[RI]? (\\-.*)$", text.split(".SH DESCRIPTION", 1)[1], re.M)
            for x in re.findall(r"(?:^|, )\\-([A-Za-z0-9#])", line))


def test_every_program_has_a_page(t):
    missing = [n for n, _ in rows("APPLET", "src/tool/tool.def")
               if not os.path.exists(os.path.join(ROOT, "conf/man/%s.1" % n))]
    missing += [n for n, _ in rows("DAEMON", "src/daemon/daemon.def")
                if not os.path.exists(os.path.join(ROOT, "conf/man/%s.8" % n))]
    t.equal(missing, [])


def test_no_page_without_a_program(t):
    known = {n for n, _ in rows("APPLET", "src/tool/tool.def") + rows("DAEMON", "src/daemon/daemon.def")}
    known |= {"postlet", "aliases", "master.cf"}
    t.equal([p for p in os.listdir(os.path.join(ROOT, "conf/man")) if p.rpartition(".")[0] not in known], [])


def test_pages_have_the_options(t):
    wrong = []
    for name, entry in rows("APPLET", "src/tool/tool.def"):
        path = os.path.join(ROOT, "conf/man/%s.1" % name)
        if not os.path.exists(path):
            continue
        takes, has = accepted(entry), documented(page_of(name, 1))
        missing = sorted(takes - has - set(SILENT.get(name, "")))
        unknown = sorted(has - takes)
        if missing or unknown:
            wrong.append("%s: page lacks %s; code lacks %s" % (name, " ".join(missing) or "none", " ".join(unknown) or "none"))
    if wrong:
        t.fail("\n".join(wrong))
