#!/bin/sh
# costs.sh SIZES - writes the measured "Costs N bytes." line into the help text of each symbol in the Kconfig files
# SPDX-License-Identifier: ISC
#
# SIZES is what "make onefeature" left: SYMBOL BYTES. A symbol without help
# text gets none; the line is the last of the help.
set -eu
sizes=$1
find Kconfig src -name Kconfig | while read -r f; do
    awk -v sizes="$sizes" '
    BEGIN { while ((getline line < sizes) > 0) { split(line, w, " "); cost[w[1]] = w[2] } }
    function close_help() {
        if (in_help && (symbol in cost))
            printf "\t  Costs %d bytes (x86-64, -Os).\n", cost[symbol]
        else if (in_help && old != "")
            print old
        in_help = 0; old = ""
    }
    /^\t(help|---help---)$/ { print; in_help = 1; next }
    in_help && /^\t  Costs [0-9-]+ bytes/ { old = $0; next }
    in_help && !/^\t  / { close_help() }
    /^(menu)?config / { symbol = $2 }
    { print }
    END { close_help() }' "$f" >"$f.tmp"
    if cmp -s "$f" "$f.tmp"; then rm "$f.tmp"; else mv "$f.tmp" "$f"; fi
done
