#!/usr/bin/env bash
# Questions with small answers over many rows, which statistics, dictionaries and the last-value table answer: how long each takes over
# HTTP, right after a load and after a restart, and what of it was read (EXPLAIN ANALYZE).
#
#   build/small-answers.sh [SPAN [HOSTS [RUNS]]]      default: 278h 1000 20, 100 M rows; 24h 1000 are 8.64 M
#
#   TSDB   the launcher to start the node with: another checkout's ./tsdb compares two versions
set -euo pipefail

span=${1:-278h}
hosts=${2:-1000}
runs=${3:-20}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-small.XXXXXX")

finish() {
    stop_node
    rm -rf "$work"
}
trap finish EXIT

questions=(
    "SELECT * FROM cpu ORDER BY time DESC LIMIT 10"
    "SELECT count(*) FROM cpu"
    "SELECT count(DISTINCT hostname) FROM cpu"
    "SELECT min(time), max(time) FROM cpu"
    "SELECT max(time) FROM cpu"
    "SELECT hostname, last(usage_user) FROM cpu GROUP BY hostname"
    "SELECT * FROM cpu LATEST BY hostname"
)

ask() {
    curl -fsS -m 300 -o "$work/answer" -w '%{time_total}\n' -G "$url/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "format=csv" --data-urlencode "q=$1"
}

print() {
    echo "| $1 | first ms | median ms of $runs | blocks, both shards |"
    echo "|---|---:|---:|---|"
    for question in "${questions[@]}"; do
        first=$(ask "$question")
        for _ in $(seq "$runs"); do ask "$question"; done | sort -n > "$work/times"
        median=$(sed -n "$((runs / 2 + 1))p" "$work/times")
        ask "EXPLAIN ANALYZE $question" > /dev/null
        blocks=$(sed -n 's/.*blocks: \(.*bytes decoded.*\)"\{0,1\}$/\1/p' "$work/answer" | tr -d '"\r' | paste -sd '/')
        awk -v q="$question" -v f="$first" -v m="$median" -v b="$blocks" 'BEGIN { printf "| `%s` | %.1f | %.1f | %s |\n", q, f * 1000, m * 1000, b }'
    done
}

start_node "${TSDB:-$home/tsdb}" "$work"
"$home/tsdb" load load --url "$url" --db bench --workload cpu-only --scale "$hosts" --span "$span" --connections 4 > "$work/load.txt" 2>&1 || { cat "$work/load.txt"; exit 1; }
print "after the load"
stop_node
start_node "${TSDB:-$home/tsdb}" "$work"
print "after a restart"
