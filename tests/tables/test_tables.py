# test_tables.py - tables built and read by our postmap and by an installed Postfix: answers, warnings, exit codes
# SPDX-License-Identifier: ISC
import os
import re
import subprocess
import time

from lib.sides import POSTALIAS, POSTMAP, Sides

TABLE = """# a comment
key value
KEY2   Value two
   continued
key dup
novalue
colon: x

 # a comment in between
 more
"quo ted" v
"esc\\"x" v2
"open v
a"b c
a"b c"d e
\\"x y
tab\tseparated\t text
user@example.com someone@else.example, other@x
@example.org  catchall
.dom REJECT
1.2.3.4 OK
crlf here\r
"""


def test_a_table_of_each_kind_is_the_same_on_both_sides(t):
    s = Sides(t, "cdb")
    s.write("t", TABLE)
    s.write("t8", b"bad\xff key\nut\xc3\xa9 v\xc3\xa9\nlast no-newline")
    s.write("lead", "\n   # c\n lead x\n more\nk v\n   \n  z\n")
    s.write("lead2", " this first line is longer than thirty characters\n/c/ d\n")
    s.same("-q", "/c/", "texthash:lead2")
    s.same("-q", "this first line", "regexp:lead2")
    for source in "t", "t8", "lead":
        for options in [], ["-N"], ["-n"], ["-f"], ["-w"], ["-r"], ["-u"]:
            s.same(*options, "cdb:" + source)
            built = s.theirs(*options, "cdb:" + source)
            t.equal(built[0], 0)
            listing = s.ours("-s", "cdb:" + source)
            s.same(*options, "cdb:" + source)
            s.ours(*options, "cdb:" + source)
            if options != ["-w"]:  # their table then holds an entry that no lookup finds
                t.equal(s.ours("-s", "cdb:" + source), listing)
            listing = s.ours("-s", "cdb:" + source)
            for line in listing[1].split("\n"):
                if not line:
                    continue
                key, value = line.split("\t", 1)
                s.same("-q", key, "cdb:" + source)
                folded = [] if options != ["-f"] else ["-f"]
                if "\ufffd" not in key:  # not UTF-8
                    t.equal(s.theirs(*folded, "-q", key, "cdb:" + source)[1], value + "\n")
            s.same("-q", "no such key", "cdb:" + source)
            s.same("-q", "-", "cdb:" + source, stdin="key\nKEY2\nnope\n\ncolon:\n")


def test_files_written_by_the_other_side_are_read(t):
    s = Sides(t, "cdb")
    s.write("big", "".join("key%d value %d\n" % (n, n) for n in range(3000)))
    for tool in s.ours, s.theirs:
        for options in [], ["-N"]:
            t.equal(tool(*options, "cdb:big")[0], 0)
            keys = "".join("KEY%d\nmissing%d\n" % (n, n) for n in range(0, 3000, 7))
            s.same("-q", "-", "cdb:big", stdin=keys)
            t.equal(s.ours("-q", "key2999", "hash:big")[1], "value 2999\n")


def test_permissions_follow_the_source(t):
    s = Sides(t, "cdb")
    for mode in 0o644, 0o600, 0o640, 0o604, 0o666, 0o755, 0o444:
        for options in [], ["-p"]:
            modes = []
            for tool in s.ours, s.theirs:
                s.write("m%o" % mode, "a b\n", mode)
                tool(*options, "cdb:m%o" % mode)
                modes.append(os.stat(os.path.join(s.dir, "m%o.cdb" % mode)).st_mode & 0o777)
                os.unlink(os.path.join(s.dir, "m%o.cdb" % mode))
            t.equal(modes[0], modes[1])


def test_values_that_are_files(t):
    s = Sides(t, "cdb")
    s.write("one", "abc")
    s.write("two", "def\n")
    s.write("F", "k one, two\nl /nonexistent\nm one\n")
    s.same("-F", "cdb:F")
    for key in "k", "l", "m":
        s.same("-F", "-q", key, "cdb:F")
        s.same("-q", key, "cdb:F")


REGEXPS = ["""# comment
/^a(.*)b$/  got $1 and ${1} and $(1) $$
/x(y)/ bad $2
!/neg/ neg $1
/unclosed
/badflag/q foo
/noresult/
if /^if/
/one/  1
  cont
!/two/ not2
endif
endif extra
endif
if !/z/
abc foo
/bad(/ x
/Case/i caseok
/bad$dollar/ a $ b
/d1/ a ${1 b
/d2/ a $(1} b
/d3/ a $foo b
if /unclosed/
""", """if /a/ extra
/a/ one
endif junk
if !
if foo
if /bad(/
/b/ two
endif
IF /c/
/c/ three
ENDIF
endifx
ifx
if/d/
/d/ four
endif
 /e/ five
|pipe|i six
/g/imx	seven
/h/i i eight
/k\\/k/ nine
! /l/ ten
!!/m/ eleven
/n(o)?/ [$1]
/p/ $(1)
/q(x)/ $1x
/q2(x)/ ${1}x$$$
/r/ x$
//empty
/s\\(/x q
""", """/^Subject: (buy|sell) (.*)$/ REJECT no $1ing of ${2}, $0
/^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/ $11$10$9$1
/(x)|(y)/ <$1|$2>
if /^From:/
if /@example\\.com/
/spam/ DISCARD
!/ham/ WARN not ham
endif
/./ FILTER other
endif
/^$/ empty
/\\.exe$/ HOLD
"""]

KEYS = """a
axxb
one if
if one
if 3
if two
case
Case
z
zcase
baddollar
xy
noresult
neg
b
c
d
e
|
pipe
PIPE
g
G
h
k/k
zz
kkk
n
no
q
qx
q2x
r
l
m
s(
Subject: buy things
subject: SELL more $1
Subject: rent
abcdefghijk
From: x@example.com spam
From: x@example.com ham
From: x@example.com eggs
From: x@else.com
x.exe
unclosed z
"""


def test_regexp(t):
    s = Sides(t)
    for n, text in enumerate(REGEXPS):
        s.write("r%d" % n, text)
        for key in KEYS.split("\n")[:-1]:
            s.same("-q", key, "regexp:r%d" % n)
        s.same("-q", "-", "regexp:r%d" % n, stdin=KEYS)
        s.same("-q", "-", "regexp:r%d" % n, "static:else", stdin=KEYS)
    for spec in "regexp:{{/a/ yes},{/b/ $1}}", "regexp:{/a/ yes}", "regexp:{{/a/ x}", "regexp:{}", "regexp:nosuch":
        s.same("-q", "a", spec)


def test_pcre(t):
    t.need("MAP_PCRE")
    s = Sides(t, "pcre")
    for n, text in enumerate(REGEXPS + ["/(?<!a)(b+?)/U [$1]\n/x(y)/ $0\n/^x.y$/s dot\n/^m$/m multi\n/a b/x ext\n/é/ acute\n"]):
        s.write("p%d" % n, text)
        s.same("-q", "-", "pcre:p%d" % n, stdin=KEYS + "cbbb\nab\nx\ty\né\n")


CIDRS = ["""1.2.3.4/24 non-null
1.2.3.0/24 ok
1.2.3.0/33 big
1.2.3 short
300.1.1.1 x
1.2.3.4
!10.0.0.0/8 notten
if 10.0.0.0/8
10.1.0.0/16 tenone
endif
endif
if !10.0.0.0/8
if\x20
foo bar
2001:db8::/32 v6
[2001:db9::]/32 v6b
2001:db8::1/32 v6nn
::ffff:1.2.3.4 mapped
""", """if 10.0.0.0/8 extra
10.1.1.1 one
endif junk
if !
if foo
10.2.2.2 two
endif
! 10.3.3.3 blank
if!11.0.0.0/8
10.5.0.0/16 inside
endif
10.9.9.9 x $1
1.2.3.4/ a
/24 b
1.2.3.0/-1 c
1.2.3.0/024 d
2.0.0.0/0 e
""", """10.0.0.0/8 ten
if 192.0.2.0/24
192.0.2.1 one
if 192.0.2.128/25
192.0.2.129 high one
!192.0.2.130 not 130
endif
192.0.2.130 is 130
endif
::/0 any6
192.0.2.0/24 rest
0.0.0.0/1 low
""", """foo/8 x
1.2.3/24 x
/24 x
1.2.3.0/24/3 x
[1.2.3.0]/24 x
[::1]/128x x
[::1 x
::1] x
1.2.3.0/99999999999 x
1.2.3.0/24] x
[1.2.3.0/24] x
[1.2.3.4] x
[]/8 x
::/129 x
1.2.3.0/2 4 x
[::1] x
[2001:db8::]/32 x
[2001:db8::/32] x
"""]

ADDRESSES = """1.2.3.4
10.1.2.3
10.1.1.1
10.2.2.2
10.3.3.3
10.4.4.4
10.5.1.1
11.1.1.1
10.9.9.9
192.0.2.1
192.0.2.2
192.0.2.129
192.0.2.130
192.0.2.131
200.1.1.1
2001:db8::1
2001:DB9::1
::1
::ffff:1.2.3.4
foo
1.2.3
"""


def test_cidr(t):
    s = Sides(t)
    for n, text in enumerate(CIDRS):
        s.write("c%d" % n, text)
        s.same("-q", "-", "cidr:c%d" % n, stdin=ADDRESSES)
        for key in ADDRESSES.split("\n")[:-1]:
            s.same("-q", key, "cidr:c%d" % n)
    for spec in "cidr:{{1.2.3.4 a b}, {1.2.3.5 c}}", "cidr:{{1.2.3.4 a b}, 1.2.3.5}", "cidr:{{1.2.3.4 a}", "cidr:nosuch":
        s.same("-q", "1.2.3.4", spec)


def test_text_and_inline_tables(t):
    s = Sides(t, "texthash")
    s.write("t", TABLE)
    s.same("-s", "texthash:t", sort=True)
    for key in "key", "KEY2", "colon:", '"quo ted"', "nope", "novalue", "crlf":
        s.same("-q", key, "texthash:t")
        s.same("-f", "-q", key, "texthash:t")
    s.same("-q", "x", "texthash:/nonexistent/x")
    s.same("-s", "inline:{a=b,{c = d e}, F=g}", sort=True)
    for spec in ("inline:{a=b,{c = d e}}", "inline:{}", "inline:a=b", "static:foo", "static:{ foo bar }", "static:{foo",
                 "static:{foo}x", "unionmap:{static:a,static:b}", "unionmap:{}", "unionmap:{static:a,foo}",
                 "unionmap:{inline:{a=1},inline:{c=2},inline:{a=3}}", "pipemap:x", "pipemap:{static:a,inline:{a=z}}",
                 "pipemap:{inline:{a=Q},inline:{q=z}}", "pipemap:{}", "randmap:{a}", "randmap:{}", "randmap:{{a b}}",
                 "unix:nosuch", "unix:passwd.byname", "unix:group.byname", "environ:x", "nosuch:x"):
        for key in "a", "c", "root", "games":
            if s.same("-q", key, spec)[2]:
                break


def test_random_choice(t):
    s = Sides(t, alone=True)
    seen = {s.ours("-q", "x", "randmap:{a, b, {c d}}")[1] for _ in range(60)}
    t.equal(seen, {"a\n", "b\n", "{c d}\n"})


def test_keys_from_a_message(t):
    s = Sides(t)
    message = """From: a@b
Subject: hello
\tworld
Content-Type: multipart/mixed; boundary="xx"

preamble
--xx
Content-Type: text/plain

body one

. dot
--xx
Content-Type: message/rfc822

From: inner@x
Subject: inner

inner body
--xx--
epilogue
"""
    nested = """Content-Type: multipart/mixed;
 boundary=outer; charset=x

--outer
Content-Type: multipart/alternative; boundary="in ner"

--in ner
X: y

text
--in ner--
after
--outer
--outer--
end
"""
    odd = """Content-Type: multipart/mixed; boundary=b

--b
X: y
text without blank
--b
text at once
--b
Content-Type: message/rfc822

no inner header
--b
Content-Type: message/rfc822

A: b
no blank
--b
Content-Type: message/rfc822
--b
 leading
--bx
--b --
--b--\t
z
"""
    for text in message, nested, odd, "no header\nbody\n", "", "A: b\n", "A: b\n\n\nc", " leading\nA: b\n", "From x\nA: b\n\nc\n":
        for options in "-h", "-b", "-hb", "-hm", "-bm", "-hbm":
            s.same(options, "-q", "-", "regexp:{{/(.*)/ <$1>}}", stdin=text)
    for args in (("-b", "-q", "x", "static:a"), ("-m", "static:a"), ("-h", "-q", "x", "static:a")):
        s.same(*args)


ALIASES = """# comment
root: foo, bar
Post.Master:\troot
a@b: c
noval:
nocolon
:novalue
inc: :include:/etc/foo, "|cmd arg \\"x\\"", /var/file
\t,  more@example.com  # not comment
cmt: user (comment here) , User Name <u@d>
root: dup
owner-x: "quoted local"@example.com
tab\t:  sp
"unterminated: x
semi: a; b
bsl: \\user
group: grp: a, b;
lt: <a@b>
empty: ""
dq: "|/usr/bin/x -a b"
two: a b c
"A B"@c: q
com,ma: x
per%cent: y
bang!path: y
ut: \u00e9
lit: user@[1.2.3.4] (a (nested) comment)
dots: a . b @ c . d
esc: "a\\\\b\\"c"
"plain": quoted without need
"""
ALIASES += "".join("k%d: x\\%sy\n" % (n, c) for n, c in enumerate(",.@%!:;<>()[]\"\\|/'#$* "))
ALIASES += """l1: [a\\]b]
l2: [a b] c
l3: "a\\"
l4: a\\
l5: (a\\)b)
l6: [a[b]
l7: \\a\\b
l8: "x y"z
m1: x ! y % z
m2: a : b , , c
m3: <a>, <b>;c <d>
m4: (a)(b) [x] [y]
m5: "a""b" j"b"c
m6: )
m7: (unclosed
m8: [unclosed
m9: "unclosed
w!x: y
x.y: z
"""



def test_aliases(t):
    s = Sides(t, "cdb")
    s.write("a", ALIASES)
    keep = {}
    for side, tool in ("ours", s.ours), ("theirs", s.theirs):
        result = tool("cdb:a", tool="postalias")
        lines = s.ours("-s", "cdb:a", tool="postalias")[1].split("\n")
        keep[side] = result, sorted(line for line in lines if not line.startswith("YP_LAST_MODIFIED\t"))
    t.equal(keep["ours"], keep["theirs"])
    s.same("-q", "Root", "cdb:a", tool="postalias")
    s.same("-q", "nope", "cdb:a", tool="postalias")


def test_usage(t):
    s = Sides(t, "cdb")
    s.write("t", "a b\n")
    for args in (("-q", "x", "-s", "t"), ("-d", "x", "-q", "y", "t"), ("-q", "a", "-q", "b", "cdb:t"), ("cdb:nosuch",),
                 ("nosuch:x",), ("-s", "static:a"), ("-d", "x", "static:a"), ("-c", "/nonexistent", "-q", "x", "static:a"),
                 ("-s", "cdb:nosuch"), ("-q", "x", "cdb:nosuch"), ("fail:x",)):
        s.same(*args)
    for args in ((), ("-q", "x"), ("-z", "x")):
        t.equal(s.ours(*args)[0], s.theirs(*args)[0])
    t.equal(s.ours("-q", "x", "fail:x")[0], 1)


def test_changing_a_table(t):
    s = Sides(t, alone=True)
    s.write("t", "a 1\nb 2\nc 3\n")
    t.equal(s.ours("hash:t")[0], 0)
    t.equal(s.ours("-d", "B", "hash:t"), (0, "", ""))
    t.equal(s.ours("-d", "b", "hash:t"), (1, "", ""))
    t.equal(s.ours("-s", "hash:t")[1], "a\t1\nc\t3\n")
    result = s.ours("-i", "hash:t", stdin="a new\nd 4\n")
    t.equal(result, (0, "", 'postmap: warning: t: duplicate entry: "a"\n'))
    t.equal(s.ours("-s", "hash:t")[1], "a\t1\nc\t3\nd\t4\n")
    t.equal(s.ours("-i", "-w", "hash:t", stdin="a new\n"), (0, "", ""))
    t.equal(s.ours("-q", "a", "hash:t")[1], "1\n")
    t.equal(s.ours("-i", "-r", "hash:t", stdin="a new\n"), (0, "", ""))
    t.equal(s.ours("-q", "a", "hash:t")[1], "new\n")
    t.equal(s.ours("-d", "-", "hash:t", stdin="x\na\nd\n")[0], 0)
    t.equal(s.ours("-js", "hash:t")[1], '{"c": "3"}\n')
    t.equal(s.ours("-jq", "c", "hash:t")[1], '{"c": "3"}\n')
    t.equal(sorted(os.listdir(s.dir)), ["conf", "t", "t.cdb"])


def test_many_writers_leave_a_whole_table(t):
    s = Sides(t, alone=True)
    s.write("t", "".join("k%d v\n" % n for n in range(2000)))
    s.ours("cdb:t")
    writers = [subprocess.Popen([t.env.binary, "postmap", "-c", "conf", "cdb:t"], cwd=s.dir) for _ in range(8)]
    for _ in range(50):
        t.equal(s.ours("-q", "k1999", "cdb:t")[:2], (0, "v\n"))
    for w in writers:
        t.equal(w.wait(timeout=30), 0)
    t.equal(len(s.ours("-s", "cdb:t")[1].split("\n")), 2001)


def test_a_source_stands_in_for_a_table_of_another_program(t):
    s = Sides(t, alone=True)
    s.write("t", "a b\n")
    s.write("t.db", "not ours")
    code, out, err = s.ours("-q", "a", "hash:t")
    t.equal((code, out), (0, "b\n"))
    t.match("t in memory", err)


def test_a_stale_table_is_warned_about(t):
    s = Sides(t, "cdb")
    path = s.write("t", "a b\n")
    s.ours("cdb:t")
    os.utime(path + ".cdb", (1000000000, 1000000000))
    os.utime(path, (1100000000, 1100000000))
    s.same("-q", "a", "cdb:t")
