#!/bin/sh
# params.sh USED [MISSING=1] - how many of the parameters are implemented and exercised, per group
# SPDX-License-Identifier: ISC
#
# USED is param_used.txt of param_gen.sh. A row is implemented when code reads
# it; a row that no program of Postfix reads either (P_NONE, P_GONE) is when
# it is known by name, and one that cannot exist here (P_VOID) when its reason is told. It is exercised when a test sets it to something else
# than its default: a "conf NAME = VALUE" line or "-o NAME=VALUE" of a
# dialogue (smtp_* of one with "twin lmtp" for lmtp_* as well), "NAME = VALUE" in a text of another test. A transport_* row
# is when that is done for some transport. Tests that only look at how parameters are read and printed do not count.
set -eu
export LC_ALL=C

used=$1
missing=${2:-}
tests=$(find tests \( -name '*.t' -o -name '*.py' -o -name '*.sh' -o -name '*.c' \) ! -path 'tests/param/*' \
    ! -path 'tests/fuzz/*' ! -path 'tests/bench/*' ! -path 'tests/lib/*' ! -name 'param_test.c' ! -name 'master_cf_test.c' | sort)
defs=$(cut -d' ' -f2 "$used" | sort -u)

# shellcheck disable=SC2086
awk -v missing="$missing" '
    function note(name, value) {
        gsub(/^[ \t]+|[ \t]+$/, "", value)
        if (name in row) { if (value != dflt[name]) exercised[name] = 1; return }
        while (sub(/^[^_]*_/, "", name))
            if (("transport_" name) in pattern) exercised["transport_" name] = 1
    }
    FILENAME ~ /\.def$/ {
        if (match($0, /group "[^"]*"/)) group = substr($0, RSTART + 7, RLENGTH - 8)
        if ($0 !~ /^P_/) next
        name = $0; sub(/^P_[A-Z]*\(/, "", name); sub(/,.*/, "", name)
        text = $0; sub(/^[^,]*, */, "", text)
        if (match(text, /^"(\\.|[^"\\])*"/)) dflt[name] = substr(text, 2, RLENGTH - 2)
        if (name ~ /^transport_/ && dflt[name] ~ /^\$/) pattern[name] = 1
        order[++n] = name; row[name] = group; kind[name] = $0 ~ /^P_(NONE|GONE|VOID)\(/ ? "name" : "code"
        if (!(group in rows)) groups[++ng] = group
        rows[group]++
        next
    }
    FILENAME ~ /param_used.txt$/ { if ($3) read[$1] = 1; next }
    FILENAME ~ /\.t$/ {
        if (FNR == 1) twin = ""
        if ($1 == "twin") twin = $2
        if ($1 == "conf" && match($0, /=/)) {
            note($2, substr($0, RSTART + 1))
            other = $2
            if (twin == "lmtp" && sub(/^smtp_/, "lmtp_", other)) {
                sub(/^lmtp_helo_/, "lmtp_lhlo_", other); sub(/ehlo_/, "lhlo_", other)
                note(other, substr($0, RSTART + 1))
            }
        }
        line = $0
        while (match(line, /-o *[A-Za-z0-9_]+=[^ ]*/)) {
            pair = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
            sub(/^-o */, "", pair); value = pair; sub(/=.*/, "", pair); sub(/^[^=]*=/, "", value)
            note(pair, value)
        }
        next
    }
    {
        line = $0
        while (match(line, /(^|[" '"'"',{]|\\n)[a-z0-9][A-Za-z0-9_]* ?= ?[^"'"'"'\\]*/)) {
            pair = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
            sub(/^(\\n|[" '"'"',{])/, "", pair)
            value = pair; sub(/ ?=.*/, "", pair); sub(/^[^=]*=/, "", value)
            note(pair, value)
        }
    }
    END {
        for (i = 1; i <= n; i++) {
            name = order[i]; g = row[name]
            if (kind[name] == "name" || name in read) { implemented[g]++; total++ }
            else if (missing) print "not implemented: " name
            if (name in exercised) { tried[g]++; exercises++ }
            else if (missing) print "not exercised: " name
        }
        if (!missing) for (i = 1; i <= ng; i++) printf "%-30s %4d %4d %4d\n", groups[i], rows[groups[i]], implemented[groups[i]], tried[groups[i]]
        printf "implemented %d, exercised %d of %d\n", total, exercises, n
    }' $defs "$used" $tests
