#!/bin/sh
# libs.sh CONFIG COMPILER [FLAGS...] - do the libraries that this configuration needs compile and link?
# SPDX-License-Identifier: ISC
#
# Compiles, never runs. Says what to do about a library that is missing.
set -u
config=$1
shift
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
status=0

check() {
    symbol=$1 code=$2 libs=$3 advice=$4
    shift 4
    grep -q "^CONFIG_$symbol=[^n]" "$config" || return 0
    printf '%b\n' "$code" >"$dir/t.c"
    # shellcheck disable=SC2086
    if ! "$@" -o "$dir/t" "$dir/t.c" $libs >"$dir/out" 2>&1; then
        echo "$symbol: $advice" >&2
        [ -n "${V:-}" ] && cat "$dir/out" >&2
        status=1
    fi
}

check TLS '#include <mbedtls/build_info.h>\n#if MBEDTLS_VERSION_NUMBER < 0x03060000\n#error old\n#endif\n#include <psa/crypto.h>\nint main(void) { return (int)psa_crypto_init(); }' \
    '-lmbedtls -lmbedx509 -lmbedcrypto' 'no mbedTLS 3.6 for this compiler; "make deps" builds it, or DEPS=DIR names it' "$@"
check MAP_CDB '#include <cdb.h>\nint main(void) { struct cdb c; return cdb_init(&c, 0); }' \
    '-lcdb' 'no TinyCDB for this compiler; install libcdb-dev, or "make deps" builds it' "$@"
check SASL_CRYPT '#include <crypt.h>\nint main(void) { return crypt("", "") != 0; }' \
    '-lcrypt' 'no libcrypt for this compiler; install libcrypt-dev or switch SASL_CRYPT off' "$@"
check QUEUE_DIR '#include <linux/audit.h>\nint main(void) { return 0; }' '' \
    'no kernel headers for this compiler; install linux-libc-dev, or "make deps" finds them' "$@"
check MAP_PCRE '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <pcre2.h>\nint main(void) { return pcre2_config(0, 0); }' \
    '-lpcre2-8' 'no libpcre2 for this compiler; install libpcre2-dev or switch MAP_PCRE off' "$@"
exit $status
