#!/bin/sh
# boards.sh OUTDIR - "make boards": static programs for the processors of boards, and their tests under qemu-user
# SPDX-License-Identifier: ISC
#
# For each of TARGETS (src/host/cross.sh lists them): musl and the libraries from source,
# the program and the unit tests with them, run here through the kernel's binfmt_misc, so
# that the program can start itself again. TARGET-stock is the program beside a firmware's shared libraries,
# mbedTLS with OpenWrt's options. One line per target; "not run" says why in its place.
# DIALOGUES names other tests than the list below, JOBS how many run at once.
set -u
: "${MAKE:=make}" "${CROSS:=build/cross}" "${TARGETS:=$(src/host/cross.sh) x86-64-stock}" "${JOBS:=2}"
out=$(mkdir -p "$1" && cd "$1" && pwd)
mkdir -p "$CROSS"
CROSS=$(cd "$CROSS" && pwd)
binfmt=/proc/sys/fs/binfmt_misc
entry=
failed=0

# What depends on the processor: numbers and times in queue files and tables, sockets, descriptors that are passed on, ciphers.
: "${DIALOGUES:=$(sed 's,^,tests/,' tests/boards.list)}"

forget() {
    [ -n "$entry" ] && echo -1 >"$binfmt/$entry"
    entry=
}
trap 'forget' EXIT
trap 'exit 1' INT TERM HUP

# The first 20 bytes of the program say for what it is; which system and kind of ELF file does not matter.
register() {
    qemu=$(command -v "qemu-$2-static") || { src/host/packages.sh "qemu-user-static=qemu-$2-static"; qemu=$(command -v "qemu-$2-static"); } || return 1
    [ "$(id -u)" = 0 ] || return 1
    [ -w $binfmt/register ] || mount -t binfmt_misc binfmt_misc $binfmt 2>/dev/null || return 1
    magic=$(od -An -v -tx1 -N20 "$1" | tr -d '\n' | sed 's/ /\\x/g')
    mask='\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00'
    case $(od -An -tx1 -j5 -N1 "$1") in
        *01) mask=$mask'\xfe\xff\xff\xff' ;; # little endian
        *) mask=$mask'\xff\xfe\xff\xff' ;;
    esac
    printf '%s\n' ":postlet-$$:M::$magic:$mask:$qemu:FPC" >$binfmt/register 2>/dev/null || return 1
    entry=postlet-$$
}

# The sum of lines "N passed, N failed, N skipped".
sums() {
    sed -n 's/.*\(^\|[^0-9]\)\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed\(, \([0-9][0-9]*\) skipped\)\{0,1\}.*/\2 \3 \5/p' "$1" |
        awk '{ p += $1; f += $2; s += $3 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
}

complaints() { grep -E '^(FAIL|skip|      )|: failed|: got |Error [0-9]' "$1" | sed 's/^/    /'; }

# label, log, command
part() {
    name=$1 log=$2
    shift 2
    "$@" >"$log" 2>&1
    status=$?
    line="$line   $name $(sums "$log")"
    if [ $status != 0 ]; then
        failed=$((failed + 1))
        line="$line (FAILED)"
        details="$details$(complaints "$log")
"
    fi
}

# See the file: only where the emulator needs it.
workaround() {
    case $("$tools/cc" -dM -E -x c /dev/null | grep __BYTE_ORDER__) in
        *ORDER_BIG*) instead=$o/getifaddrs.o && "$tools/cc" -Os -D_GNU_SOURCE -c -o "$instead" tests/tools/getifaddrs.c ;;
    esac
}

one() {
    target=$1
    o=$out/$target tools=$CROSS/$target
    line=$(printf '%-12s' "$target") details=
    mkdir -p "$o"
    build() { $MAKE -s O="$o" CC="$tools/cc" AR="$tools/ar" DEPS="$tools" WERROR=1 LDFLAGS="$static $instead" UNIT_LDFLAGS="$pieces" SAN= "$@"; }
    instead= static=-static variant= pieces=
    case $target in
        mips*) static="-static -flto" pieces=-fno-lto ;; # as make size; see cross.sh
        *-stock) variant=stock static="-Wl,-rpath,$tools/lib" ;;
    esac
    target=${target%-stock}
    if ! { src/host/cross.sh "$target" "$tools" $variant && workaround && build defconfig && build -j2 && build -j2 unit_programs; } >"$o/log" 2>&1; then
        failed=$((failed + 1))
        echo "$line not built (FAILED)"
        tail -n 10 "$o/log" | sed 's/^/    /'
        return
    fi
    "$tools/strip" -o "$o/stripped" "$o/postlet"
    line="$line built, $(wc -c <"$o/stripped") bytes"
    if ! "$o/postlet" --version >/dev/null 2>&1 && ! register "$o/postlet" "$(src/host/cross.sh "$target")"; then
        echo "$line   not run: needs root, binfmt_misc and qemu-$(src/host/cross.sh "$target")-static"
        return
    fi
    part unit "$o/unit.log" build unit
    if command -v python3 >/dev/null; then
        # shellcheck disable=SC2086
        part dialogues "$o/dialogues.log" python3 tests/run.py -q --build "$o" -j "$JOBS" $DIALOGUES
    else
        line="$line   dialogues not run: needs python3"
    fi
    forget
    echo "$line"
    printf '%s' "$details"
}

for target in $TARGETS; do one "$target"; done
[ $failed = 0 ]
