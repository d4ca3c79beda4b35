# test_kconf.py - the configuration tool: what each word of the language means
# SPDX-License-Identifier: ISC
import os
import subprocess


def kconf(t, kconfig, *args, config=None, ok=True):
    """Runs the tool on one Kconfig text; returns .config and what it said."""
    os.makedirs(os.path.join(t.dir, "out"), exist_ok=True)
    with open(os.path.join(t.dir, "Kconfig"), "w") as f:
        f.write(kconfig)
    path = os.path.join(t.dir, "out", ".config")
    if config is not None:
        with open(path, "w") as f:
            f.write(config)
    p = subprocess.run([os.path.join(t.env.build, "host", "kconf"), t.dir, os.path.join(t.dir, "out"), *args],
                       capture_output=True, text=True, env={})
    if (p.returncode == 0) != ok:
        t.fail("exit status %d: %s" % (p.returncode, p.stderr))
    text = open(path).read() if os.path.exists(path) else ""
    return [x for x in text.split("\n") if "CONFIG_" in x], p.stdout + p.stderr


def test_defaults_and_types(t):
    got, _ = kconf(t, """
config A
	bool "a"
	default y
config B
	bool "b"
config N
	int "n"
	default 7
	range 1 9
config S
	string "s"
	default "x \\"y\\""
config H
	hex "h"
	default 0x1f
""", "defconfig")
    t.equal(got, ["CONFIG_A=y", "# CONFIG_B is not set", "CONFIG_N=7", 'CONFIG_S="x \\"y\\""', "CONFIG_H=0x1f"])


DEPENDS = """
config A
	bool "a"
config B
	bool "b"
	depends on A
	default y
config C
	bool
	default y if A && !B
config D
	bool "d"
	depends on (A || C) && S != "off"
	default y
config S
	string "s"
	default "on"
"""


def test_depends(t):
    t.equal(kconf(t, DEPENDS, "defconfig")[0], ["# CONFIG_A is not set", "# CONFIG_C is not set", 'CONFIG_S="on"'])
    t.equal(kconf(t, DEPENDS, "set", "A=y")[0],
            ["CONFIG_A=y", "CONFIG_B=y", "# CONFIG_C is not set", "CONFIG_D=y", 'CONFIG_S="on"'])
    t.equal(kconf(t, DEPENDS, "set", "B=n")[0][2], "CONFIG_C=y")
    t.equal(kconf(t, DEPENDS, "set", "S=off")[0][-1], 'CONFIG_S="off"')


def test_unmet_wish_is_dropped_or_refused(t):
    _, said = kconf(t, DEPENDS, "olddefconfig", config="CONFIG_B=y\n")
    t.match("B=y is dropped: needs A", said)
    with open(os.path.join(t.dir, "board"), "w") as f:
        f.write("CONFIG_B=y\nCONFIG_X=y\n")
    _, said = kconf(t, DEPENDS, "defconfig", os.path.join(t.dir, "board"), ok=False)
    t.match(r"board:1: B=y cannot be: needs A", said)
    t.match(r"board:2: there is no symbol X", said)


def test_select_and_imply(t):
    text = """
config LIB
	bool
config LIB_USER
	bool "u"
	select LIB
config NICE
	bool "nice"
config WISH
	bool "w"
	default y
	imply NICE
"""
    t.equal(kconf(t, text, "defconfig")[0],
            ["# CONFIG_LIB is not set", "# CONFIG_LIB_USER is not set", "CONFIG_NICE=y", "CONFIG_WISH=y"])
    t.equal(kconf(t, text, "set", "LIB_USER=y", "NICE=n")[0],
            ["CONFIG_LIB=y", "CONFIG_LIB_USER=y", "# CONFIG_NICE is not set", "CONFIG_WISH=y"])


def test_select_of_what_cannot_be_is_refused(t):
    text = """
config A
	bool "a"
config B
	bool "b"
	depends on A
config C
	bool "c"
	default y
	select B
"""
    _, said = kconf(t, text, "olddefconfig", config="CONFIG_C=y\n", ok=False)
    t.match("B is selected by C, but what it depends on is off", said)


def test_choice(t):
    text = """
choice
	prompt "one"
	default TWO
config ONE
	bool "1"
config TWO
	bool "2"
endchoice
"""
    t.equal(kconf(t, text, "defconfig")[0], ["# CONFIG_ONE is not set", "CONFIG_TWO=y"])
    t.equal(kconf(t, text, "set", "ONE=y")[0], ["CONFIG_ONE=y", "# CONFIG_TWO is not set"])
    kconf(t, text, "set", "ONE=n", "TWO=n", ok=False)


def test_if_menu_source(t):
    with open(os.path.join(t.dir, "more"), "w") as f:
        f.write('config INNER\n\tbool "inner"\n\tdefault y\n')
    text = """
mainmenu "x"
menuconfig TOP
	bool "top"
if TOP
menu "m"
source "more"
endmenu
comment "c"
endif
"""
    t.equal(kconf(t, text, "defconfig")[0], ["# CONFIG_TOP is not set"])
    t.equal(kconf(t, text, "set", "TOP=y")[0], ["CONFIG_TOP=y", "CONFIG_INNER=y"])


def test_savedefconfig_is_minimal_and_restores(t):
    kconf(t, DEPENDS, "defconfig")
    before, _ = kconf(t, DEPENDS, "set", "A=y", "B=n")
    saved = os.path.join(t.dir, "saved")
    kconf(t, DEPENDS, "savedefconfig", saved)
    t.equal(open(saved).read(), "CONFIG_A=y\n# CONFIG_B is not set\n")
    t.equal(kconf(t, DEPENDS, "defconfig", saved)[0], before)


def test_range(t):
    text = 'config N\n\tint "n"\n\tdefault 3\n\trange 1 9\n'
    _, said = kconf(t, text, "set", "N=10", ok=False)
    t.match("N: 10 is not within 1 to 9", said)


def test_faults_name_their_place(t):
    for text, said in (("config A\n\tbool \"a\"\n\tdepends on B\n", "B is used here and defined nowhere"),
                       ("config A\n\tfrob\n", "Kconfig:2: \"frob\" has no meaning here"),
                       ("config A\n", "A has no type"),
                       ("menu \"x\"\n", "not closed"),
                       ("endif\n", "without its beginning"),
                       ("config A\n\tbool \"a\"\n\tdepends on B\nconfig B\n\tbool \"b\"\n\tdepends on A\n", "depends on itself"),
                       ("config A\n\tbool \"a\"\nconfig A\n\tint \"a\"\n", "another type"),
                       ("config A\n\tbool \"a\n", "no closing")):
        t.match(said, kconf(t, text, "defconfig", ok=False)[1])


def test_header(t):
    kconf(t, 'config A\n\tbool "a"\n\tdefault y\nconfig B\n\tbool "b"\nconfig S\n\tstring "s"\n\tdefault "v"\n', "defconfig")
    text = open(os.path.join(t.dir, "out", "autoconf.h")).read()
    t.match(r"#define CONFIG_A 1\n#define ENABLE_A 1\n#define IF_A\(\.\.\.\) __VA_ARGS__\n", text)
    t.match(r"#define ENABLE_B 0\n#define IF_B\(\.\.\.\)\n", text)
    t.match(r'#define CONFIG_S "v"', text)


def test_unchanged_files_keep_their_time(t):
    text = 'config A\n\tbool "a"\n'
    kconf(t, text, "defconfig")
    path = os.path.join(t.dir, "out", "autoconf.h")
    os.utime(path, (1, 1))
    kconf(t, text, "olddefconfig")
    t.equal(os.stat(path).st_mtime, 1)
