#!/bin/sh
# bloat.sh BASE PROGRAM - which symbols grew, shrank, came and went between two programs (not stripped)
# SPDX-License-Identifier: ISC
set -eu
NM=${NM:-nm}
[ -f "$1" ] || { echo "bloat: no $1; \"make bloat-base\" keeps the present program for later" >&2; exit 1; }
symbols() { $NM -S --defined-only "$1" | awk 'NF == 4 { sub(/\.[0-9]+$/, "", $4); print $2, $4 }'; }
{
    symbols "$1" | sed 's/^/a /'
    symbols "$2" | sed 's/^/b /'
} | awk '
function hex(s,    n, i) {
    for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
    return n
}
{ size[$1, $3] += hex($2); names[$3] }
END {
    for (n in names) {
        d = size["b", n] - size["a", n]
        total += d
        if (d) printf "%7d %7d %+7d  %s\n", size["a", n], size["b", n], d, n | "sort -k3,3gr"
    }
    close("sort -k3,3gr")
    printf "%15s %+7d  all symbols\n", "", total
}'
