#!/bin/sh
# packages.sh DIR - Debian's kernel for MIPS Malta in DIR/kernel and its BusyBox in DIR/busybox
# SPDX-License-Identifier: ISC
#
# From the mirror that this machine is configured for, with an apt state of its own.
# Bookworm is the last release with mipsel.
set -eu
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ -x "$dir/busybox/bin/busybox" ] && ls "$dir"/kernel/boot/vmlinuz-* >/dev/null 2>&1 && exit 0

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -n 's/^URIs:[[:space:]]*//p; s/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]\{1,\}\)\{0,1\}\([^ ]*\).*/\2/p' |
    tr ' ' '\n' | grep -v security | grep . | head -n 1)
[ -n "$mirror" ] || { echo "malta: apt has no package mirror configured" >&2; exit 77; }
mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial"
echo "deb [arch=mipsel signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" >"$dir/apt/sources.list"
private() {
    tool=$1
    shift
    "$tool" -qq -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State="$dir/apt/state" \
        -o Dir::State::status=/dev/null -o Dir::Cache="$dir/apt/cache" -o APT::Sandbox::User=root \
        -o APT::Architecture=mipsel -o APT::Architectures=mipsel "$@"
}
fetch() { # package, where
    (cd "$dir/apt" && private apt-get download "$1") || { echo "malta: cannot fetch $1" >&2; exit 77; }
    rm -rf "${dir:?}/$2"
    dpkg -x "$dir/apt/$1"_*.deb "$dir/$2"
}
private apt-get update
kernel=$(private apt-cache depends linux-image-4kc-malta | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\).*/\1/p' | head -n 1)
[ -n "$kernel" ] || { echo "malta: no kernel for Malta in the archive" >&2; exit 77; }
fetch "$kernel" kernel
fetch busybox-static busybox
