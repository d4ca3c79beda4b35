#!/bin/sh
# longest.sh [N] - the N longest functions: a list of what to read with suspicion
# SPDX-License-Identifier: ISC
cd "$(dirname "$0")/../.." || exit 1
find src -name '*.c' | sort | xargs awk '
/^[a-z].*\(/ && !/;[ \t]*$/ { head = $0; start = FNR }
/^{/ && head != "" { open = FNR }
/^}/ && open { name = head; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
               printf "%5d  %s:%d  %s\n", FNR - open - 1, FILENAME, start, name; open = 0; head = "" }
' | sort -k1,1nr -k2,2 | head -n "${1:-20}"
