#!/usr/bin/env bash
# How long writers wait for scans: acknowledgement percentiles under an open loop of lines, without and with
# `SELECT count(*)` over a million series of the same database one after the other.
#
#   build/ack-while-scanning.sh [SECONDS [LINES_PER_SECOND [SERIES]]]      default: 60, 300,000, 1,000,000
#
#   TSDB   the launcher to start the node with: another checkout's ./tsdb compares two versions
set -euo pipefail

seconds=${1:-60}
rate=${2:-300000}
series=${3:-1000000}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-scanning.XXXXXX")
node_pid=
asking_pid=

finish() {
    for pid in $asking_pid $node_pid; do
        kill "$pid" 2>/dev/null || true
    done
    [ -z "$node_pid" ] || wait "$node_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

"${TSDB:-$home/tsdb}" start --data "$work/data" --http=127.0.0.1:0 --line-tcp=127.0.0.1:0 > "$work/node.log" 2>&1 &
node_pid=$!
url=
for _ in $(seq 900); do
    url=$(sed -n 's/^ready \(http[^ ]*\).*/\1/p' "$work/node.log")
    [ -z "$url" ] || break
    kill -0 "$node_pid" 2>/dev/null || { cat "$work/node.log"; exit 1; }
    sleep 0.2
done
[ -n "$url" ] || { echo "the node did not start" >&2; exit 1; }

load() {
    "$home/tsdb" load load --url "$url" --db bench "$@" > "$work/load.txt" 2>&1 || { cat "$work/load.txt"; exit 1; }
}

count() {
    curl -sS -m 120 -G "$url/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "format=csv" --data-urlencode "q=$1"
}

load --workload cardinality --scale "$series" --span 10s --connections 4
measurement=$(count "SHOW MEASUREMENTS" | sed -n 2p | tr -d '"\r')
echo "$series series: count(*) is $(count "SELECT count(*) FROM \"$measurement\"" | tail -1)"
load --workload cpu-only --scale 1000 --duration 10s --rate "$rate" --connections 4 # warm
load --workload cpu-only --scale 1000 --seed 7 --duration "${seconds}s" --rate "$rate" --connections 4
echo "without scans: $(grep 'from due' "$work/load.txt")"

while true; do
    count "SELECT count(*) FROM \"$measurement\"" > /dev/null
    echo >> "$work/asked"
done &
asking_pid=$!
load --workload cpu-only --scale 1000 --seed 8 --duration "${seconds}s" --rate "$rate" --connections 4
echo "with scans:    $(grep 'from due' "$work/load.txt"), $(wc -l < "$work/asked") scans"
echo "               $(grep 'ms     ' "$work/load.txt" | head -1)"
