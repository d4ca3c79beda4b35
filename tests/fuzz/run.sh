#!/bin/sh
# run.sh DIR SECONDS TARGET... - each fuzz target for a while, from its corpus; the last line is the sum
# SPDX-License-Identifier: ISC
#
# As many at once as there are processors. "run.sh one DIR SECONDS TARGET" runs one of them.
set -u
if [ "$1" = one ]; then
    dir=$2 seconds=$3 target=$4
    name=$(basename "$target")
    corpus=$dir/corpus/${name#fuzz_} log=$dir/$name.log
    mkdir -p "$corpus"
    seeds=$(dirname "$0")/corpus/${name#fuzz_}
    [ -d "$seeds" ] || seeds=
    # shellcheck disable=SC2086
    if ASAN_OPTIONS=detect_leaks=0 "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=16384 \
        -artifact_prefix="$dir/$name-" -print_final_stats=1 "$corpus" $seeds >"$log" 2>&1; then
        echo "ok    $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
    else
        told=$(tail -n 40 "$log" | sed 's/^/      /')
        printf 'FAIL  %s\n%s\n' "$name" "$told" # in one piece
    fi
    exit 0
fi
dir=$1 seconds=$2
shift 2
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh "$0" one "$dir" "$seconds" >"$dir/results"
cat "$dir/results"
passed=$(grep -c '^ok ' "$dir/results") failed=$(($# - passed))
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
