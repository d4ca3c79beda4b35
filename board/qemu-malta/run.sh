#!/bin/sh
# run.sh DIR - "make malta": builds the relay for MIPS and tries it on an emulated router, see malta.py
# SPDX-License-Identifier: ISC
set -eu
: "${MAKE:=make}" "${CROSS:=build/cross}"
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
mkdir -p "$1/program" "$CROSS"
dir=$(cd "$1" && pwd)
tools=$(cd "$CROSS" && pwd)/mipsel

skip() {
    echo "skip  malta: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

src/host/packages.sh build
src/host/packages.sh qemu-system-mips=qemu-system-mipsel squashfs-tools=mksquashfs openssl=openssl python3=python3
for program in qemu-system-mipsel mksquashfs openssl python3; do
    command -v $program >/dev/null || skip "needs $program"
done
"$here/packages.sh" "$dir" || skip "the kernel and BusyBox cannot be had"
src/host/cross.sh mipsel "$tools" >"$dir/log" 2>&1 || { tail -n 5 "$dir/log"; skip "no compiler for mipsel"; }
build() { $MAKE -s O="$dir/program" CC="$tools/cc" AR="$tools/ar" DEPS="$tools" LDFLAGS=-static "$@"; }
build relay_defconfig >"$dir/log" 2>&1 && build -j2 >"$dir/log" 2>&1 || { tail -n 20 "$dir/log"; exit 1; }
"$tools/strip" -o "$dir/postlet" "$dir/program/postlet"
echo "program: relay, mipsel, static, $(wc -c <"$dir/postlet") bytes"
exec python3 "$here/malta.py" --parts "$dir" --build "$dir" "$dir/postlet"
