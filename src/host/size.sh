#!/bin/sh
# size.sh PROGRAM OBJECTS... - where the bytes are: the program, then folders, then the largest files
# SPDX-License-Identifier: ISC
set -eu
SIZE=${SIZE:-size}
program=$1
shift
$SIZE "$program" | awk 'NR == 2 { printf "%-28s text %7d  data %6d  bss %6d\n", "program", $1, $2, $3 }'
echo "objects, before the linker drops what nobody calls:"
$SIZE "$@" | awk 'NR > 1 {
    file = $6; sub(/^.*\/src\//, "src/", file); sub(/\.o$/, ".c", file)
    n = split(file, part, "/"); dir = n > 2 ? part[1] "/" part[2] : part[1]
    text[dir] += $1; data[dir] += $2; bss[dir] += $3; all += $1; size[file] = $1 + $2
} END {
    for (d in text) printf "%-28s text %7d  data %6d  bss %6d\n", d, text[d], data[d], bss[d] | "sort -k3,3nr"
    close("sort -k3,3nr")
    print "largest files:"
    for (f in size) printf "%8d  %s\n", size[f], f | "sort -nr | head -n 15"
}'
