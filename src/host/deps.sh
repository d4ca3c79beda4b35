#!/bin/sh
# deps.sh DIR - makes the libraries that the machine does not have: DIR/include, DIR/lib
# SPDX-License-Identifier: ISC
#
# mbedTLS 3.6 is built from the distribution's own source package, taken from a
# newer suite through the package mirror this machine is configured for, and
# trimmed by conf/mbedtls_config.h. Nothing outside DIR is changed.
# CC, AR and CFLAGS are honoured, so the same script serves cross builds.
set -eu

dir=$1
suite=${DEPS_SUITE:-trixie}
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${CC:=cc}" "${AR:=ar}"

say() { echo "deps: $*"; }
die() { echo "deps: $*" >&2; exit 1; }

mkdir -p "$dir/include" "$dir/lib" "$dir/src"
dir=$(cd "$dir" && pwd)

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
    "$tool" -qq -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State="$dir/apt/state" -o Dir::Cache="$dir/apt/cache" -o APT::Sandbox::User=root "$@"
}

fetch_source() {
    package=$1
    pattern=$2
    found=$(find "$dir/src" -maxdepth 1 -type d -name "$pattern" | sort | tail -n 1)
    [ -n "$found" ] && return 0
    url=$(mirror)
    [ -n "$url" ] || die "apt has no package mirror configured; put $package's source into $dir/src"
    mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $suite main" >"$dir/apt/sources.list"
    say "fetching the source package $package from suite $suite"
    private_apt apt-get update || die "cannot read the package list of suite $suite"
    (cd "$dir/src" && private_apt apt-get source --download-only "$package") || die "cannot fetch the source of $package"
    (cd "$dir/src" && for t in "$package"_*.orig.tar.*; do case $t in *.asc) ;; *) tar xf "$t" ;; esac; done)
    found=$(find "$dir/src" -maxdepth 1 -type d -name "$pattern" | sort | tail -n 1)
    [ -n "$found" ] || die "the source of $package is not laid out as expected"
}

build_mbedtls() {
    [ -f "$dir/lib/libmbedcrypto.a" ] && [ "$dir/lib/libmbedcrypto.a" -nt "$top/conf/mbedtls_config.h" ] && return 0
    fetch_source mbedtls 'mbedtls-*3.6*'
    src=$found
    say "building mbedTLS from $(basename "$src")"
    rm -rf "$dir/obj"
    mkdir -p "$dir/obj"
    cp -R "$src/include/mbedtls" "$src/include/psa" "$dir/include/"
    cp "$top/conf/mbedtls_config.h" "$dir/include/mbedtls/mbedtls_config.h"
    jobs=$(nproc 2>/dev/null || echo 1)
    for c in "$src"/library/*.c; do echo "$c"; done |
        xargs -P "$jobs" -I{} sh -c 'exec $0 -std=c99 -D_GNU_SOURCE $1 -ffunction-sections -fdata-sections -I"$2/include" -I"$3/library" -c -o "$2/obj/$(basename {} .c).o" {}' \
            "$CC" "${CFLAGS:--Os}" "$dir" "$src" || die "mbedTLS does not compile"
    rm -f "$dir"/lib/libmbed*.a
    (cd "$dir/obj" && "$AR" rcs ../lib/libmbedtls.a ssl_*.o mps_*.o debug.o net_sockets.o &&
        "$AR" rcs ../lib/libmbedx509.a x509*.o pkcs7.o &&
        ls *.o | grep -v -e '^ssl_' -e '^mps_' -e '^x509' -e '^pkcs7' -e '^debug' -e '^net_sockets' | xargs "$AR" rcs ../lib/libmbedcrypto.a)
    rm -rf "$dir/obj"
}

build_mbedtls
say "ready: $dir"
