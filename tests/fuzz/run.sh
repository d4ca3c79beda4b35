#!/bin/sh
# run.sh DIR SECONDS TARGET... - each fuzz target for a while, from its corpus; the last line is the sum
# SPDX-License-Identifier: ISC
set -u
dir=$1 seconds=$2
shift 2
passed=0 failed=0
for target in "$@"; do
    name=$(basename "$target")
    corpus=$dir/corpus/${name#fuzz_} log=$dir/$name.log
    mkdir -p "$corpus"
    seeds=$(dirname "$0")/corpus/${name#fuzz_}
    [ -d "$seeds" ] || seeds=
    if ASAN_OPTIONS=detect_leaks=0 "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=16384 \
        -artifact_prefix="$dir/$name-" -print_final_stats=1 "$corpus" $seeds >"$log" 2>&1; then
        echo "ok    $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
        passed=$((passed + 1))
    else
        echo "FAIL  $name"
        tail -n 40 "$log" | sed 's/^/      /'
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
