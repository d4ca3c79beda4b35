#!/bin/sh
# size.sh OUTDIR - how large the program is on boards, against the budgets, and where the bytes are
# SPDX-License-Identifier: ISC
#
# For each of TARGETS (src/host/cross.sh lists them) and BOARDS: static with musl,
# mbedTLS and TinyCDB inside, and dynamic beside a firmware's shared ones with
# OpenWrt's options. "file" is the stripped program, what a budget means; 1 kB is
# 1024 bytes. FILES=N lists the N largest files of each static program.
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
: "${MAKE:=make}" "${CROSS:=build/cross}" "${TARGETS:=x86-64 mipsel}" "${BOARDS:=nullclient relay full}" "${FILES:=20}"
mkdir -p "$CROSS"
CROSS=$(cd "$CROSS" && pwd)

budget() {
    case $1 in
        mips*-nullclient-static) echo 384 ;;
        mips*-relay-static) echo 520 ;;
        mips*-full-static) echo 800 ;;
        *-nullclient-shared) echo 110 ;;
        *-relay-shared) echo 260 ;;
        *-full-shared) echo 500 ;;
        *) echo 0 ;;
    esac
}

toolchain() { # target, directory, [stock]
    src/host/cross.sh "$@" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
}

build() { # label, target, board, flags
    o=$out/$1
    tools=$2
    mkdir -p "$o"
    [ -f "$o/.config" ] && cp "$o/.config" "$o/.config.old"
    $MAKE -s O="$o" "$3_defconfig" >"$out/log" 2>&1 &&
        $MAKE -s O="$o" CC="$tools/cc" AR="$tools/ar" DEPS="$tools" WERROR=1 CFLAGS="$SIZE_CFLAGS" \
            LDFLAGS="$4" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
    "$tools/strip" -o "$o/stripped" "$o/postlet"
    file=$(wc -c <"$o/stripped")
    goal=$(budget "$1")
    # Optimized as a whole, a program has no files any more: the map is of the same objects without that.
    objects=$(sed 's,.* / ,,' "$o/.flags") libraries=$(sed 's,.* / \(.*\) / .*,\1,; s, -flto , ,' "$o/.flags")
    # shellcheck disable=SC2086
    "$tools/cc" $SIZE_CFLAGS $objects $libraries -Wl,-Map="$o/map" -o "$o/files"
    "$tools/size" "$o/postlet" | awk -v label="$1" -v file="$file" -v goal="$goal" 'NR == 2 {
        verdict = goal == 0 ? "" : file <= goal * 1024 ? "met" : sprintf("over by %d %%", (file / goal / 10.24 - 100) + 0.5)
        printf "%-28s %8d %7d %7d %9d %8s  %s\n", label, $1, $2, $3, file, goal ? goal " kB" : "-", verdict
    }'
}

: "${SIZE_CFLAGS:=-Os}"
printf '%-28s %8s %7s %7s %9s %8s\n' program text data bss file budget
for target in $TARGETS; do
    case $target in
        mips*) whole=" -flto" ;; # see cross.sh
        *) whole= ;;
    esac
    toolchain "$target" "$CROSS/$target"
    toolchain "$target" "$CROSS/$target-client" client
    toolchain "$target" "$CROSS/$target-stock" stock
    for board in $BOARDS; do
        case $board in
            nullclient) build "$target-$board-static" "$CROSS/$target-client" "$board" "-static$whole" ;;
            *) build "$target-$board-static" "$CROSS/$target" "$board" "-static$whole" ;;
        esac
    done
    for board in $BOARDS; do build "$target-$board-shared" "$CROSS/$target-stock" "$board" "$whole"; done
done
for target in $TARGETS; do
    for board in $BOARDS; do
        printf '\n%s\n' "$target-$board-static"
        awk -v files="$FILES" -f src/host/mapsize.awk "$out/$target-$board-static/map"
    done
done
if [ -s "$out/../onefeature/sizes" ]; then
    printf '\nfeatures, what the program (x86-64, glibc) grows by with each:\n'
    sort -k2,2nr "$out/../onefeature/sizes" | awk '{ printf "%-28s %8d\n", $1, $2 }'
fi
