#!/bin/sh
# cross.sh TARGET DIR [stock|client] - a compiler for one board: gcc of the distribution, with musl, mbedTLS and TinyCDB from source
# SPDX-License-Identifier: ISC
#
# Makes DIR/cc, to be used as CC with DEPS=DIR. Without TARGET it lists them. "stock"
# makes the libraries shared, as a firmware has them, with OpenWrt's mbedTLS options
# (conf/mbedtls_openwrt.h); "client" is for programs that only send (conf/mbedtls_client.h). On Debian the cross compiler is installed when it is lacking.
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
target=$1 dir=$2 variant=$3 triple=$4 package=$5 qemu=$6
shift 6
case $dir in
    "") echo "$qemu"; exit 0 ;; # which qemu runs it
esac

if ! command -v "$triple-gcc" >/dev/null 2>&1; then
    "$top/src/host/packages.sh" "$package=$triple-gcc"
    command -v "$triple-gcc" >/dev/null 2>&1 || { echo "cross: no $triple-gcc for $target" >&2; exit 77; }
fi
case $target in # Debian's name of it
    armv5) arch=armel ;;
    armv7) arch=armhf ;;
    aarch64) arch=arm64 ;;
    *) arch=$target ;;
esac
headers=/usr/$triple/include/linux/audit.h # musl has none of the kernel's
[ "$target" = x86-64 ] || [ -f "$headers" ] || "$top/src/host/packages.sh" "linux-libc-dev-$arch-cross=file:$headers"
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case $variant in
    "") ;;
    client) # the same compiler and C library
        "$0" "$target" "$dir/../$target"
        ln -sfn "../$target/gcc" "$dir/gcc"
        ln -sfn "../$target/musl" "$dir/musl"
        export MBEDTLS_CONFIG="$top/conf/mbedtls_client.h" ;;
    stock) export SHARED=1 MBEDTLS_CONFIG="$top/conf/mbedtls_openwrt.h" ;;
    *) echo "cross: no variant $variant" >&2; exit 64 ;;
esac

# Position independent code costs a tenth of a static program, and half of a dynamic one for MIPS; firmware builders
# (OpenWrt, Buildroot) do without unless told.
place='-fno-pie -no-pie'
case $target in
    mips*) place="-minterlink-mips16 $place -mplt -mno-shared" ;;
esac

# MIPS16 code is a third smaller, and OpenWrt's packages are built so. Left as they are: shared libraries, the inner
# loops of ciphers and big numbers, floating point, assembler (the second try). All but the C library can be
# optimized as a whole when the program is linked, with LDFLAGS=-flto: 2 % smaller.
compiler() {
    cat <<EOF
#!/bin/sh
cc="$triple-gcc $*"
case " \$* " in
    *\ -fPIC\ * | *\ -shared\ *) exec \$cc "\$@" ;;
esac
cc="\$cc $place"
EOF
    case $target in mips*) cat <<'EOF' ;; esac
case " $* " in
    */math/*.c\ * | */bignum_core.c\ * | */aes.c\ * | */gcm.c\ * | */chacha20.c\ * | */poly1305.c\ * | \
        */mem[cms]*.c\ * | *.[sS]\ *) ;;
    *\ -ffreestanding\ *) $cc -mips16 "$@" 2>/dev/null && exit 0 ;;
    *\ -c\ *) $cc -mips16 -flto -ffat-lto-objects "$@" 2>/dev/null && exit 0 ;;
    *\ -flto\ *) cc="$cc -mips16 -flto-partition=one" ;;
    *) cc="$cc -fno-lto" ;;
esac
EOF
    echo 'exec $cc "$@"'
}

if [ "$variant" != client ]; then
    compiler "$@" >"$dir/gcc.new"
    chmod 755 "$dir/gcc.new"
    cmp -s "$dir/gcc.new" "$dir/gcc" || { rm -rf "$dir/musl" "$dir/lib"; mv "$dir/gcc.new" "$dir/gcc"; }
    rm -f "$dir/gcc.new"
fi
SRC=${SRC:-$dir/../src} MUSL=1 CC="$dir/gcc" AR="$triple-ar" CFLAGS=-Os "$top/src/host/deps.sh" "$dir"
ln -sf musl/bin/musl-gcc "$dir/cc"
for tool in ar strip size nm; do ln -sf "$(command -v "$triple-$tool")" "$dir/$tool"; done
