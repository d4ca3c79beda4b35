#!/bin/sh
# check.sh - "make check": every test there is; the last line is the sum
# SPDX-License-Identifier: ISC
#
# MAKE, O, CC and DEPS come from the Makefile. Each part prints its own lines
# and "N passed, N failed, N skipped" (or "N passed, N failed"); those are added up.
set -u
: "${MAKE:=make}" "${O:=build}" "${CC:=cc}" "${DEPS:=$O/deps}" "${FUZZ_SECONDS:=3}"
passed=0 failed=0 skipped=0
log=$O/check.log
mkdir -p "$O"
began=$(date +%s)

add() { passed=$((passed + $1)); failed=$((failed + $2)); skipped=$((skipped + $3)); }

title() { echo "== $1, after $(($(date +%s) - began)) s"; }

# A part whose success is one test.
single() {
    name=$1
    shift
    title "$name"
    if "$@" >"$log" 2>&1; then
        tail -n 2 "$log"
        add 1 0 0
    else
        echo "FAIL  $name"
        tail -n 40 "$log"
        add 0 1 0
    fi
}

# A part that counts by itself.
counting() {
    name=$1
    shift
    title "$name"
    "$@" >"$log" 2>&1
    status=$?
    sums=$(sed -n 's/.*\(^\|[^0-9]\)\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed\(, \([0-9][0-9]*\) skipped\)\{0,1\}.*/\2 \3 \5/p' "$log" |
        awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
    grep -E '^(FAIL|skip|      )|: failed|: got |runtime error|ERROR: |Error [0-9]' "$log"
    # shellcheck disable=SC2086
    set -- $sums
    if [ $status != 0 ] && [ "$2" = 0 ]; then
        echo "FAIL  $name: exit status $status"
        tail -n 40 "$log"
        add "$1" 1 "$3"
    else
        echo "$name: $1 passed, $2 failed, $3 skipped"
        add "$1" "$2" "$3"
    fi
}

skip() {
    title "$1"
    echo "skip  $1: $2"
    add 0 0 1
}

finish() {
    echo "== $(($(date +%s) - began)) seconds"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
    exit
}

build() { $MAKE -j2 WERROR=1 CC="$CC" O="$O" DEPS="$DEPS" "$@"; }

# Another directory, compiler, configuration; the same source.
other() {
    dir=$1 other_cc=$2 deps=$3 goal=$4
    shift 4
    mkdir -p "$dir"
    $MAKE -s O="$dir" "$goal" || return 1
    [ "$deps" = "$DEPS" ] || CC=$other_cc src/host/deps.sh "$deps" || return 1
    # Debian's musl comes without crypt(3).
    if ! echo '#include <crypt.h>' | $other_cc -E - >/dev/null 2>&1; then
        "$dir/host/kconf" . "$dir" set SASL_CRYPT=n || return 1
    fi
    $MAKE -j2 -s WERROR=1 CC="$other_cc" O="$dir" DEPS="$deps" "$@" || return 1
    size "$dir/postlet"
}

title packages
src/host/packages.sh build || { echo "FAIL  packages: the build needs them"; add 0 1 0; finish; }
src/host/packages.sh test
src/host/packages.sh peers

[ -f "$O/.config" ] || $MAKE -s O="$O" defconfig
if ! sh src/host/libs.sh "$O/.config" $CC -isystem "$DEPS/include" -L"$DEPS/lib" 2>/dev/null; then
    single libraries $MAKE -s deps O="$O" DEPS="$DEPS"
fi
single build build
[ -x "$O/postlet" ] || finish
single lint src/host/lint.sh
counting unit build unit
if command -v python3 >/dev/null; then
    counting dialogues python3 tests/run.py -q --build "$O" -j 4
    if [ "$(uname -m)" = x86_64 ] && build -s faults_tool; then
        counting faults python3 tests/faults/faults.py sample --build "$O" --seconds 8 --seed "${FAULTS_SEED:-1}"
    else
        skip faults "the injector is for x86-64"
    fi
else
    skip dialogues "python3 is missing"
fi
if command -v clang >/dev/null; then
    counting fuzz build fuzz FUZZ_SECONDS="$FUZZ_SECONDS"
    single clang other "$O/clang" clang "$DEPS" defconfig
else
    skip fuzz "clang is missing"
    skip clang "clang is missing"
fi
if command -v musl-gcc >/dev/null; then
    single musl-static other "$O/musl" musl-gcc "$O/musl/deps" defconfig LDFLAGS=-static
else
    skip musl-static "musl-gcc is missing"
fi
title params
build -s params | tail -n 1
for board in board/*/*_defconfig; do
    name=$(basename "$board")
    single "$name" other "$O/${name%_defconfig}" "$CC" "$DEPS" "$name" CFLAGS=-O0
done
if [ -x "$O/full/postlet" ] && command -v python3 >/dev/null; then # commands that the default build leaves out
    counting tools python3 tests/run.py -q --build "$O/full" -j 4 tests/tools tests/tls/test_finger.py \
        tests/system/test_postmulti.py
fi
finish
