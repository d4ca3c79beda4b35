#!/bin/sh
# onefeature.sh OUTDIR [SYMBOL...] - does every feature build switched off alone, and every board?
# SPDX-License-Identifier: ISC
#
# Called by "make onefeature"; MAKE, CC and DEPS come from there. Ends with
# "N passed, N failed, N skipped". The sizes go to OUTDIR/sizes: SYMBOL BYTES,
# what the program shrinks by (make costs puts them into the help texts).
set -u
out=$1
shift
: "${MAKE:=make}" "${CC:=cc}" "${DEPS:=build/deps}"
out=$(mkdir -p "$out/cache" && cd "$out" && pwd) || exit 1
passed=0 failed=0 skipped=0
: >"$out/sizes"

one() { # label, kconf command...
    label=$1
    shift
    cp "$out/base.config" "$out/tree/.config"
    if ! "$kconf" . "$out/tree" "$@" >"$out/log" 2>&1; then
        echo "FAIL  $label: configuration"; sed 's/^/      /' "$out/log"
        failed=$((failed + 1))
        return 1
    fi
    if ! $MAKE -s -j2 O="$out/tree" CC="sh $PWD/src/host/ccmemo.sh $out/cache $CC" DEPS="$DEPS" WERROR=1 CFLAGS="$flags" \
        >"$out/log" 2>&1; then
        if grep -q '^MAP_PCRE: no libpcre2' "$out/log"; then
            echo "skip  $label: needs libpcre2-dev"
            skipped=$((skipped + 1))
            return 1
        fi
        echo "FAIL  $label"; tail -n 20 "$out/log" | sed 's/^/      /'
        failed=$((failed + 1))
        return 1
    fi
    echo "ok    $label"
    passed=$((passed + 1))
}

bytes() { size "$out/tree/postlet" | awk 'NR == 2 { print $1 + $2 }'; }

flags=${ONEFEATURE_CFLAGS:--Os}
mkdir -p "$out/tree"
$MAKE -s O="$out/tree" defconfig || exit 1
kconf=$out/tree/host/kconf
cp "$out/tree/.config" "$out/base.config"
one defconfig olddefconfig && full=$(bytes) || full=0
for symbol in ${*:-$("$kconf" . "$out/tree" list | sed -n 's/ y$//p')}; do
    one "$symbol off" set "$symbol=n" && echo "$symbol $((full - $(bytes)))" >>"$out/sizes"
done
cp "$out/base.config" "$out/tree/.config"
for symbol in ${*:-$("$kconf" . "$out/tree" list | sed -n 's/ n$//p')}; do
    [ -z "$*" ] || continue
    one "$symbol on" set "$symbol=y" && [ "$symbol" != STATIC ] && echo "$symbol $(($(bytes) - full))" >>"$out/sizes"
done
if [ -z "$*" ]; then
    for board in board/*/*_defconfig; do
        one "$(basename "$board")" defconfig "$board"
    done
    one allnoconfig allnoconfig
    one allyesconfig allyesconfig
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
