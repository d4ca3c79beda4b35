#!/bin/sh
# lint.sh - house rules that a script can check; prints each breach as file:line: rule, exit status 1 when there is one
# SPDX-License-Identifier: ISC
#
#   layers      a file includes only lower ranks (src/README.md), by path from src/
#   features    no #ifdef; ENABLE_X, IF_X() or a separate object instead. #if defined() is for foreign macros only
#   functions   none of those that cannot know their room, or cannot report a fault
#   spacing     four spaces, 120 columns, no tabs or blanks at the end, "if (", no // comments
#   licence     an SPDX line in every source file
#   names       what other folders may call begins with the name of its file or of a header beside it, or is a row
#   tests       a test that the head of a file names exists
set -eu
cd "$(dirname "$0")/../.."
out=${TMPDIR:-/tmp}/postlet-lint.$$
trap 'rm -f "$out"' EXIT
: >"$out"

files() { git ls-files "$@" 2>/dev/null || find "$@" -type f; }
c_files=$(files src tests | grep '\.[ch]$')
src_files=$(files src | grep '\.[ch]$' | grep -v '^src/host/')

layers() {
    # shellcheck disable=SC2086
    awk '
    BEGIN {
        split("base 0 mail 1 net 1 param 1 map 2 milter 3 queue 3 route 3 service 4 cleanup 5 deliver 5 daemon 6 tool 6 main.c 7", w, " ")
        for (i = 1; i in w; i += 2) rank[w[i]] = w[i + 1]
    }
    /^#include "/ {
        split(FILENAME, at, "/")
        split($2, inc, /["\/]/)
        from = at[2]; to = inc[2]
        if ($2 ~ /\.def"/ || $2 == "\"autoconf.h\"" || to == "gen") next
        if ($2 !~ /\//) { print FILENAME ":" FNR ": layers: " $2 " is not a path from src/"; next }
        if (!(to in rank)) { print FILENAME ":" FNR ": layers: unknown folder in " $2; next }
        if (from != to && rank[to] >= rank[from])
            print FILENAME ":" FNR ": layers: " from " (rank " rank[from] ") includes " $2 " (rank " rank[to] ")"
    }' $src_files
}

features() {
    # shellcheck disable=SC2086
    awk '
    # #ifndef X is fine when the next line defines X: the guard of a header, or a default.
    held != "" { if ($1 != "#define" || (" " $2) !~ ("^ " name "([(]|$)")) print held; held = "" }
    /^[ \t]*#[ \t]*ifndef/ { held = FILENAME ":" FNR ": features: " $0; name = $NF; next }
    /^[ \t]*#[ \t]*ifdef/ || /^[ \t]*#[ \t]*(el)?if.*defined *\(? *(ENABLE|CONFIG|IF)_/ { print FILENAME ":" FNR ": features: " $0 }
    ' $c_files
}

functions() {
    # shellcheck disable=SC2086
    awk '
    { line = $0; gsub(/"([^"\\]|\\.)*"/, "\"\"", line); if (line ~ /^ \*|^\/\*/) next; sub(/\/\*.*/, "", line) }
    line ~ /(^|[^A-Za-z0-9_>.])(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|alloca|tmpnam|mktemp|tempnam|system|popen|stpcpy)\(/ {
        print FILENAME ":" FNR ": functions: " $0 }
    ' $(echo "$c_files" | grep ^src/)
}

spacing() {
    # shellcheck disable=SC2086
    awk '
    function say(what) { print FILENAME ":" FNR ": spacing: " what }
    /\t/ { say("tab") }
    /[ \t]$/ { say("blank at the end of the line") }
    /\r/ { say("carriage return") }
    length($0) > 120 { say("longer than 120 columns") }
    { line = $0; gsub(/"([^"\\]|\\.)*"/, "\"\"", line); gsub(/\047([^\047\\]|\\.)*\047/, "0", line) }
    line ~ /^ \*|^\/\*/ { next }
    { sub(/\/\*.*/, "", line) }
    line ~ /(^|[^A-Za-z0-9_])(if|for|while|switch)\(/ { say("no blank before (") }
    { gsub(/\([^()]*\)\{/, "(compound literal", line) }
    line ~ /\)\{/ || $0 ~ /^[ ]*(if|for|while|switch) \(.*\)\{$/ { say("no blank before {") }
    line ~ /(^|[^:])\/\// { say("// comment") }
    ' $c_files
    for f in $c_files; do
        [ -z "$(tail -c 1 "$f")" ] || echo "$f:1: spacing: no newline at the end of the file"
    done
}

licence() {
    files src tests board conf | grep -E '\.(c|h|def|sh|py|bb|init)$|/Makefile$|Containerfile$' | while read -r f; do
        grep -q 'SPDX-License-Identifier: ISC' "$f" || echo "$f:1: licence: no SPDX line"
    done
}

# Definitions start in column 1 and their body's { stands alone in column 1.
names() {
    for f in $(files src | grep '\.c$' | grep -v '^src/host/'); do
        dir=$(dirname "$f")
        ok=$(basename "$f" .c)
        for h in "$dir"/*.h; do [ -f "$h" ] && ok="$ok $(basename "$h" .h | sed 's/_int$//')"; done
        case $f in # several small grammars, and the result of resolve()
            src/mail/smtp_text.c) ok="$ok xtext dsn esmtp smtp_reply" ;;
            src/route/resolve.c) ok="$ok resolved" ;;
        esac
        case $dir in src/daemon/*) headers=$(echo "$dir"/*.h) ;; *) headers=$(echo "$dir"/*_int.h) ;; esac
        # shellcheck disable=SC2086
        inner=$(cat $headers "$dir"/*.def "$dir/../$(basename "$dir").def" "$dir/../daemon.def" 2>/dev/null | tr -c 'a-zA-Z0-9_' '\n' | sort -u | tr '\n' ' ')
        awk -v ok="$ok" -v inner="$inner" '
        BEGIN { n = split(ok, prefix, " "); k = split(inner, w, " "); for (i = 1; i <= k; i++) internal[w[i]] = 1 }
        /^[a-z].*\(/ && !/;[ \t]*$/ { head = $0; at = FNR; next }
        /^{/ && head != "" {
            if (head !~ /^static/ && head !~ /^(struct|enum|union)[^(]*\{/) {
                name = head; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
                good = name == "main" || (name in internal)
                for (i = 1; i <= n; i++) if (name == prefix[i] || index(name, prefix[i] "_") == 1) good = 1
                if (!good) print FILENAME ":" at ": names: " name " has neither the name of its file nor of a header beside it"
            }
            head = ""
        }
        /^}/ { head = "" }' "$f"
    done
}

# "Tests:" in a file's head: every path named there exists, every pattern matches.
tests() {
    # shellcheck disable=SC2086
    awk '
    FNR == 1 { open = 0 }
    /^ \* (.* )?Tests: / || /^\/\*.*Tests: / { open = 1; sub(/.*Tests: /, "") }
    open {
        end = /\*\//
        sub(/\*\/.*/, ""); sub(/^ \* ?/, ""); sub(/[ \t]+$/, "")
        n = split($0, word, /[ \t,;()]+/)
        for (i = 1; i <= n; i++) if (word[i] ~ /^tests\//) { sub(/\.$/, "", word[i]); print FILENAME ":" FNR " " word[i] }
        if (end || FNR > 40) open = 0
    }' $src_files | while read -r at name; do
        # shellcheck disable=SC2086
        set -- $name
        [ -e "$1" ] || echo "$at: tests: there is no $name"
    done
}

for rule in layers features functions spacing licence names tests; do
    $rule >>"$out"
done
sort -t: -k1,1 -k2,2n "$out"
if [ -s "$out" ]; then
    echo "lint: $(wc -l <"$out") breaches" >&2
    exit 1
fi
echo "lint: clean"
