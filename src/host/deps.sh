#!/bin/sh
# deps.sh DIR - makes the libraries that the compiler does not find: DIR/include, DIR/lib
# SPDX-License-Identifier: ISC
#
# mbedTLS 3.6 is built from the distribution's own source package, taken from a
# newer suite through the package mirror this machine is configured for, and
# trimmed by conf/mbedtls_config.h; TinyCDB likewise, for compilers that cannot
# use the system's. Nothing outside DIR is changed. ALL=1 builds both in any case.
# CC, AR and CFLAGS are honoured, so the same script serves cross builds; SRC=DIR shares the sources among them.
# MUSL=1 builds musl for CC first, and all else against it: the compiler is then DIR/musl/bin/musl-gcc.
# SHARED=1 makes the libraries shared, MBEDTLS_CONFIG=FILE takes other options (see src/host/cross.sh for both).
set -eu

dir=$1
suites=${DEPS_SUITE:-trixie bookworm}
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${CC:=cc}" "${AR:=ar}"

say() { echo "deps: $*"; }
die() { echo "deps: $*" >&2; exit 1; }

mkdir -p "$dir/include" "$dir/lib" "${SRC:=$dir/src}"
dir=$(cd "$dir" && pwd)
src_dir=$(cd "$SRC" && pwd)
: "${MBEDTLS_CONFIG:=$top/conf/mbedtls_config.h}"

# The mirror of the first Debian archive that apt knows here.
mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        sed -n 's/^URIs:[[:space:]]*//p; s/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]\{1,\}\)\{0,1\}\([^ ]*\).*/\2/p' |
        tr ' ' '\n' | grep -v security | grep . | head -n 1
}

# apt with a state of its own, so the system's lists and sources stay as they are.
private_apt() {
    tool=$1
    shift
    "$tool" -qq -o Dir::Etc::sourcelist="$src_dir/.apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State="$src_dir/.apt/state" -o Dir::State::status=/dev/null -o Dir::Cache="$src_dir/.apt/cache" -o APT::Sandbox::User=root "$@"
}

fetch_source() {
    package=$1
    pattern=$2
    found=$(find "$src_dir" -maxdepth 1 -type d -name "$pattern" | sort | tail -n 1)
    [ -n "$found" ] && return 0
    url=$(mirror)
    [ -n "$url" ] || die "apt has no package mirror configured; put $package's source into $src_dir"
    mkdir -p "$src_dir/.apt/state/lists/partial" "$src_dir/.apt/cache/archives/partial"
    for suite in $suites; do
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $suite main" >"$src_dir/.apt/sources.list"
        say "fetching the source package $package from suite $suite"
        private_apt apt-get update && (cd "$src_dir" && private_apt apt-get source --download-only "$package") && break
    done
    (cd "$src_dir" && for t in "$package"_*.tar.*; do case $t in *.asc | *.debian.tar.*) ;; *) tar xf "$t" ;; esac; done) ||
        die "cannot fetch the source of $package from the configured mirror"
    found=$(find "$src_dir" -maxdepth 1 -type d -name "$pattern" | sort | tail -n 1)
    [ -n "$found" ] || die "the source of $package is not laid out as expected"
}

# Objects in $dir/obj become DIR/lib/NAME.a, or NAME.so that names the libraries it needs.
library() {
    name=$1 needs=$2
    shift 2
    "$AR" rcsD "../lib/$name.a.new" "$@" && mv "../lib/$name.a.new" "../lib/$name.a" || return 1
    [ -z "${SHARED:-}" ] && return 0
    # shellcheck disable=SC2086
    $CC -shared -Wl,-soname,"$name.so" -o "../lib/$name.so" "$@" -L../lib $needs && rm "../lib/$name.a"
}

# In a program of its own musl needs no printf of floating point, no alphabets, and no strtoul for the widths of strftime;
# in one for MIPS16, see conf/musl_mips16.
small_musl() { # in the build directory
    small=$top/conf/musl_small
    arch_name=$(sed -n 's/^ARCH = //p' config.mak)
    awk '/^static int fmt_fp\(/ { skip = 1; print "static int fmt_fp(FILE *f, long double y, int w, int p, int fl, int t) { return -1; }" }
        !skip { print }
        /^}/ { skip = 0 }' "$src/src/stdio/vfprintf.c" >vfprintf.c
    sed 's/width = strtoul(f, &p, 10);/for (width = 0, p = (char *)f; isdigit(*p); p++) width = 10 * width + (*p - 48);/' \
        "$src/src/time/strftime.c" >strftime.c
    for part in vfprintf strftime; do
        $CC ${arch:+-I"$arch"} -std=c99 -nostdinc -ffreestanding -D_XOPEN_SOURCE=700 -I"$src/arch/$arch_name" \
            -I"$src/arch/generic" -Iobj/src/internal -I"$src/src/include" -I"$src/src/internal" -I"$src/src/time" \
            -Iobj/include -I"$src/include" \
            -Os -fno-unwind-tables -fno-asynchronous-unwind-tables -w -c -o $part.o $part.c || return 1
    done
    "$dir/musl/bin/musl-gcc" -Os -ffreestanding -ffunction-sections -D_GNU_SOURCE -c -o wide.o "$small/wide.c" || return 1
    "$AR" d "$dir/musl/lib/libc.a" iswalpha.o iswpunct.o towctrans.o
    "$AR" rs "$dir/musl/lib/libc.a" vfprintf.o strftime.o wide.o
    [ -z "$arch" ] && return 0
    $CC -c -o mips16.o "$arch/mips16.S" && "$AR" rs "$dir/musl/lib/libc.a" mips16.o || return 1
    $CC -Os -ffreestanding -ffunction-sections -c -o div64.o "$arch/div64.c" && "$AR" rs "$dir/musl/lib/libdiv64.a" div64.o || return 1
    sed -i "s|^libgcc.a%s|$dir/musl/lib/libdiv64.a &|" "$dir/musl/lib/musl-gcc.specs" # before libgcc's own
}

build_musl() {
    [ -f "$dir/musl/lib/libc.a" ] && return 0
    fetch_source musl 'musl-*'
    src=$found
    say "building musl from $(basename "$src")"
    rm -rf "$dir/obj"
    mkdir -p "$dir/obj"
    arch=
    case $($CC -dumpmachine) in mips*) arch=$top/conf/musl_mips16 ;; esac
    # Debian's archive is the plain release, its patches lie beside it and are not needed here.
    (cd "$dir/obj" && CC="$CC" AR="$AR" CFLAGS="-Os" "$src/configure" --prefix="$dir/musl" --syslibdir="$dir/musl/lib" \
        --enable-wrapper=gcc --enable-optimize=no $([ -n "${SHARED:-}" ] || echo --disable-shared) >configure.log 2>&1 &&
        make -j "$(nproc 2>/dev/null || echo 1)" CC="$CC${arch:+ -I$arch}" WRAPCC_GCC="$CC" AR="$AR" RANLIB="$AR s" install >make.log 2>&1 &&
        { [ -n "${SHARED:-}" ] || small_musl >small.log 2>&1; }) ||
        { tail -n 5 "$dir"/obj/*.log >&2; rm -f "$dir/musl/lib/libc.a"; die "musl does not compile"; }
    rm -rf "$dir/obj"
}

build_mbedtls() {
    [ -e "$dir/lib/libmbedtls.$kind" ] && cmp -s "$dir/include/mbedtls/mbedtls_config.h" "$MBEDTLS_CONFIG" &&
        cmp -s "$dir/include/mbedtls/mbedtls_postlet.h" "$top/conf/mbedtls_config.h" && return 0
    fetch_source mbedtls 'mbedtls-*3.6*'
    src=$found
    say "building mbedTLS from $(basename "$src")"
    # 3.6.6 offers RSA-PSS signatures to servers of TLS 1.2 and then refuses them (RFC 8446 section 4.2.3 allows them).
    sed -i 's/if (!mbedtls_ssl_sig_alg_is_supported(ssl, sig_alg)) {/if ((sig_alg < 0x0804 || sig_alg > 0x0806) \&\& !mbedtls_ssl_sig_alg_is_supported(ssl, sig_alg)) {/' \
        "$src/library/ssl_tls12_client.c"
    # RSA signs here and encrypts nothing: key exchange by RSA encryption is not built. That code is 2 kB.
    sed -i 's/= rsa_\(de\|en\)crypt_wrap,/= NULL,/' "$src/library/pk_wrap.c"
    rm -rf "$dir/obj"
    mkdir -p "$dir/obj"
    rm -f "$dir"/lib/libmbed*
    cp -R "$src/include/mbedtls" "$src/include/psa" "$dir/include/"
    cp "$src/include/mbedtls/mbedtls_config.h" "$dir/include/mbedtls/mbedtls_default.h"
    cp "$top/conf/mbedtls_config.h" "$dir/include/mbedtls/mbedtls_postlet.h"
    cp "$MBEDTLS_CONFIG" "$dir/include/mbedtls/mbedtls_config.h"
    # What TLS sessions spend their time on is compiled for speed where CFLAGS does not say otherwise (boards do: -Os).
    quick=${CFLAGS:--O2}
    printf '%s\n' "$src"/library/*.c "$top/conf/mbedtls_small.c" |
        sed -E "s,^.*/((bignum|ecp|ecd|sha|aes)[^/]*|rsa|gcm|chacha20|poly1305|constant_time)\.c\$,$quick &,; t; s,^,${CFLAGS:--Os} ," |
        xargs -P "$(nproc 2>/dev/null || echo 1)" -L 1 sh -c 'for c; do :; done
            exec $0 -std=gnu99 -D_GNU_SOURCE -ffunction-sections -fdata-sections "$@" -c -o "'"$dir"'/obj/$(basename "$c" .c).o"' \
            "$CC ${SHARED:+-fPIC} -I$dir/include -I$src/library" || die "mbedTLS does not compile"
    (cd "$dir/obj" && library libmbedcrypto "" $(ls ./*.o | grep -v -e '/ssl_' -e '/mps_' -e '/x509' -e '/pkcs7' -e '/debug' -e '/net_sockets') &&
        library libmbedx509 -lmbedcrypto ./x509*.o ./pkcs7.o &&
        library libmbedtls "-lmbedx509 -lmbedcrypto" ./ssl_*.o ./mps_*.o ./debug.o ./net_sockets.o) || die "mbedTLS does not link"
    rm -rf "$dir/obj"
}

build_cdb() {
    [ -e "$dir/lib/libcdb.$kind" ] && return 0
    fetch_source tinycdb 'tinycdb-*'
    src=$found
    say "building TinyCDB from $(basename "$src")"
    rm -rf "$dir/obj"
    mkdir -p "$dir/obj"
    cp "$src/cdb.h" "$dir/include/"
    for c in "$src"/cdb_*.c; do
        # shellcheck disable=SC2086
        $CC ${CFLAGS:--Os} ${SHARED:+-fPIC} -ffunction-sections -fdata-sections -I"$src" -c -o "$dir/obj/$(basename "$c" .c).o" "$c" ||
            die "TinyCDB does not compile"
    done
    (cd "$dir/obj" && library libcdb "" ./*.o) || die "TinyCDB does not link"
    rm -rf "$dir/obj"
}

# The kernel's headers, for a C library that comes without them (musl-gcc): those of the machine's other one.
link_kernel_headers() {
    machine=$($CC -dumpmachine)
    for base in "/usr/$machine/include" /usr/include; do
        [ -f "$base/linux/audit.h" ] || continue
        asm=$base/asm
        [ -d "$asm" ] || asm=$base/$machine/asm
        [ -d "$asm" ] || continue
        ln -sfn "$base/linux" "$dir/include/linux"
        ln -sfn "$base/asm-generic" "$dir/include/asm-generic"
        ln -sfn "$asm" "$dir/include/asm"
        return 0
    done
    die "no kernel headers (linux/audit.h) for $CC; install linux-libc-dev"
}

# Can the compiler use the library as it is?
works() {
    printf '%b\n' "$1" >"$src_dir/probe.c"
    # shellcheck disable=SC2086
    [ -z "${ALL:-}" ] && $CC ${CFLAGS:-} -o "$src_dir/probe" "$src_dir/probe.c" $2 2>/dev/null
}

kind=${SHARED:+so}
kind=${kind:-a}
if [ -n "${MUSL:-}" ]; then
    build_musl
    CC=$dir/musl/bin/musl-gcc ALL=1
fi
works '#include <mbedtls/build_info.h>\n#if MBEDTLS_VERSION_NUMBER < 0x03060000\n#error old\n#endif\n#include <psa/crypto.h>\nint main(void) { return (int)psa_crypto_init(); }' \
    '-lmbedtls -lmbedx509 -lmbedcrypto' || build_mbedtls
works '#include <cdb.h>\nint main(void) { struct cdb c; return cdb_init(&c, 0); }' -lcdb || build_cdb
works '#include <linux/audit.h>\nint main(void) { return 0; }' '' || link_kernel_headers
rm -f "$src_dir/probe" "$src_dir/probe.c"
say "ready: $dir"
