#!/bin/sh
# cross.sh TARGET DIR [stock] - a compiler for one board: gcc of the distribution, with musl, mbedTLS and TinyCDB from source
# SPDX-License-Identifier: ISC
#
# Makes DIR/cc, to be used as CC with DEPS=DIR. Without TARGET it lists them. "stock"
# makes the libraries shared, as a firmware has them, with OpenWrt's mbedTLS options
# (conf/mbedtls_openwrt.h). On Debian the cross compiler is installed when it is lacking.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)

# name; Debian's triple, package and qemu; flags. 24Kc routers have no FPU: the kernel emulates it, nothing here computes with it.
targets() {
    cat <<'EOF'
x86-64  x86_64-linux-gnu       gcc                        x86_64
mipsel  mipsel-linux-gnu       gcc-mipsel-linux-gnu       mipsel   -march=24kc
mips    mips-linux-gnu         gcc-mips-linux-gnu         mips     -march=24kc
armv5   arm-linux-gnueabi      gcc-arm-linux-gnueabi      arm      -march=armv5te -marm -mfloat-abi=soft
armv7   arm-linux-gnueabihf    gcc-arm-linux-gnueabihf    arm      -march=armv7-a -mthumb -mfpu=vfpv3-d16
aarch64 aarch64-linux-gnu      gcc-aarch64-linux-gnu      aarch64
riscv64 riscv64-linux-gnu      gcc-riscv64-linux-gnu      riscv64
s390x   s390x-linux-gnu        gcc-s390x-linux-gnu        s390x
EOF
}

if [ $# = 0 ]; then
    targets | cut -d' ' -f1
    exit 0
fi
# shellcheck disable=SC2046
set -- "$1" "${2:-}" "${3:-}" $(targets | awk -v t="$1" '$1 == t { $1 = ""; print }')
[ $# -ge 6 ] || { echo "cross: no target $1; there are: $(targets | cut -d' ' -f1 | tr '\n' ' ')" >&2; exit 64; }
target=$1 dir=$2 stock=$3 triple=$4 package=$5 qemu=$6
shift 6
case $dir in
    "") echo "$qemu"; exit 0 ;; # which qemu runs it
esac

if ! command -v "$triple-gcc" >/dev/null 2>&1; then
    "$top/src/host/packages.sh" "$package=$triple-gcc"
    command -v "$triple-gcc" >/dev/null 2>&1 || { echo "cross: no $triple-gcc for $target" >&2; exit 77; }
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# Position independent code costs a tenth where nothing needs it.
pie='-fno-pie -no-pie'
case $target in mips*) pie="$pie -mplt -mno-shared" ;; esac
[ -z "$stock" ] || pie=
{
    echo '#!/bin/sh'
    echo "exec $triple-gcc $* $pie \"\$@\""
} >"$dir/gcc.new"
chmod 755 "$dir/gcc.new"
cmp -s "$dir/gcc.new" "$dir/gcc" || { rm -rf "$dir/musl" "$dir/lib"; mv "$dir/gcc.new" "$dir/gcc"; }
rm -f "$dir/gcc.new"
if [ -n "$stock" ]; then
    export SHARED=1 MBEDTLS_CONFIG="$top/conf/mbedtls_openwrt.h"
fi
SRC=${SRC:-$dir/../src} MUSL=1 CC="$dir/gcc" AR="$triple-ar" CFLAGS=-Os "$top/src/host/deps.sh" "$dir"
ln -sf musl/bin/musl-gcc "$dir/cc"
for tool in ar strip size nm; do ln -sf "$(command -v "$triple-$tool")" "$dir/$tool"; done
