#!/usr/bin/env bash
# How long acknowledgements take in the seconds in which a compaction runs, and in those in which none does: one node, one load, with
# the same flushes in both, so that the difference is the compaction's.
#
#   build/ack-while-compacting.sh [SECONDS [LINES_PER_SECOND]]      default: 180 seconds, 150,000 lines/s (TSBS cpu-only, 1,000 devices, 5 % late)
#
# Flushes are due every 5 s, so that eight parts of like size, a compaction, come together every 40 s. For each second of the load
# its p99 from the due time is known; of both kinds of seconds the median, the 90th percentile and the most of these are printed. The
# first 20 seconds do not count: the JVM compiles.
#   TSDB   the launcher to start the node with: another checkout's ./tsdb compares two versions
set -euo pipefail

seconds=${1:-180}
rate=${2:-150000}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-compacting.XXXXXX")
watch_pid=

finish() {
    [ -z "$watch_pid" ] || kill "$watch_pid" 2>/dev/null || true
    stop_node
    rm -rf "$work"
}
trap finish EXIT

start_node "${TSDB:-$home/tsdb}" "$work" --flush-age=5s

# five looks a second: "TIME running", as far as the node answers
while true; do
    running=$(curl -sS -m 2 "$url/metrics" 2>/dev/null | sed -n 's/^tsdb_compactions_running \([0-9.]*\)$/\1/p') || true
    [ -z "$running" ] || echo "$(date +%s.%N) $running" >> "$work/looks"
    sleep 0.2
done &
watch_pid=$!

# the load generator writes a line a second on stderr; each gets the time at which it came
"$home/tsdb" load load --url "$url" --db bench --workload cpu-only --scale 1000 --out-of-order 0.05 --rate "$rate" \
    --duration "${seconds}s" --connections 4 2>&1 > "$work/report" |
    while IFS= read -r line; do echo "$(date +%s.%N) $line"; done > "$work/progress" || { cat "$work/report" "$work/progress"; exit 1; }

curl -sS -m 20 "$url/metrics" | sed -n 's/^tsdb_compactions_total \([0-9.E+]*\)$/compactions: \1/p'
sed -n '/^| ms/p; /from due/p' "$work/report"
awk '
    FILENAME == ARGV[1] { at[++looks] = $1; on[looks] = $2; next }
    {
        for (i = 1; i < NF; i++) {
            if ($i == "p99") p99 = $(i + 1)
        }
        if ($0 !~ /lines\/s/) next
        if (++line <= 20) next
        seen = running = 0
        while (from < looks && at[from + 1] <= $1 - 1) from++
        for (i = from + 1; i <= looks && at[i] <= $1; i++) { seen++; running += on[i] > 0 }
        if (seen == 0) next
        if (running == 0) idle[++idles] = p99
        else busy[++busies] = p99
    }
    function sort(list, n,    i, j, t) {
        for (i = 2; i <= n; i++) {
            t = list[i]
            for (j = i - 1; j >= 1 && list[j] + 0 > t + 0; j--) list[j + 1] = list[j]
            list[j + 1] = t
        }
    }
    function say(what, list, n) {
        sort(list, n)
        if (n == 0) { printf "%s: no second\n", what; return }
        printf "%s: %d seconds, p99 of a second: median %.1f ms, 90th percentile %.1f ms, most %.1f ms\n", \
            what, n, list[int((n + 1) / 2)], list[int((9 * n + 9) / 10)], list[n]
    }
    END {
        say("no compaction     ", idle, idles)
        say("compaction running", busy, busies)
    }' "$work/looks" "$work/progress"
