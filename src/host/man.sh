#!/bin/sh
# man.sh - prints postconf.5, made from the rows of the parameters (src/**/*.def) that some code reads
# SPDX-License-Identifier: ISC
set -eu
cd "$(dirname "$0")/../.."
used=$(find src -name '*.c' -o -name '*.h' | sort | xargs grep -ho '\(par\|P\)_[a-z0-9_]*' | sed 's/^[^_]*_//' | sort -u)
cat <<'EOF'
.\" postconf.5 - made by src/host/man.sh. SPDX-License-Identifier: ISC
.TH POSTCONF 5 "" "postlet" ""
.SH NAME
postconf \- parameters of main.cf
.SH SYNOPSIS
.B /etc/postfix/main.cf
.SH DESCRIPTION
Lines "name = value"; a line that begins with white space continues the one before, # begins a comment line. The last
setting of a name wins. $name, ${name}, ${name?text}, ${name:text} and ${name?{text}:{text}} stand for other parameters;
${{a} == {b} ? {text} : {text}} compares; $$ is a dollar sign.
.PP
Times have the units s, m, h, d, w. Sizes may end in k, m or g. A value that is no time, number or name of a choice, or is out of
range, is refused when the system starts, with file and line.
.PP
These parameters act. The names of Postfix that are not listed here are accepted without an effect, and the log says so.
.SH PARAMETERS
EOF
find src -name '*.def' | sort | xargs awk -v used="$used" '
BEGIN { n = split(used, u, "\n"); for (i = 1; i <= n; i++) act[u[i]] = 1 }
# The arguments of one row, strings without their quotes.
function split_row(text, arg,    i, c, n, depth, quoted) {
    n = 1; arg[1] = ""; depth = 0; quoted = 0
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (quoted && c == "\\") { i++; arg[n] = arg[n] substr(text, i, 1); continue }
        if (c == "\"") { quoted = !quoted; continue }
        if (!quoted && c == "(") depth++
        if (!quoted && c == ")") { if (depth == 0) return n; depth-- }
        if (!quoted && c == "," && depth == 0) { n++; arg[n] = ""; continue }
        if (!quoted && c == " " && arg[n] == "") continue
        arg[n] = arg[n] c
    }
    return n
}
function roff(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); sub(/^\./, "\\\\\\&.", s); return s }
/^P_VOID\(/ {
    text = $0; sub(/^P_VOID\(/, "", text)
    for (k in arg) delete arg[k]
    n = split_row(text, arg)
    print arg[1] "\t" arg[2] "\t" arg[n] " Without effect: " arg[3] ".\tALWAYS"
    next
}
/^P_(STR|RAW|INT|SIZE|TIME|BOOL)\(/ {
    text = $0; sub(/^P_[A-Z]*\(/, "", text)
    for (k in arg) delete arg[k]
    n = split_row(text, arg)
    if (!(arg[1] in act)) next
    value = arg[2]
    if (value ~ /^FN\(/) value = "see below"
    if (value == "") value = "empty"
    print arg[1] "\t" value "\t" arg[n] "\t" arg[n - 1]
}' | sort -u | awk -F'\t' '
function roff(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); return s }
{
    printf ".TP\n.B %s\n", $1
    printf "\\&%s", roff($3)
    printf " Default: %s.", $2 == "see below" ? "computed" : roff($2)
    if ($4 != "ALWAYS") printf " Needs %s.", $4
    printf "\n"
}'
printf '.SH SEE ALSO\npostconf(1), master.cf(5), postfix(1)\n'
