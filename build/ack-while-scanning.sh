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
. "$home/build/node.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-scanning.XXXXXX")
asking_pid=

finish() {
    [ -z "$asking_pid" ] || kill "$asking_pid" 2>/dev/null || true
    stop_node
    rm -rf "$work"
}
trap finish EXIT

start_node "${TSDB:-$home/tsdb}" "$work"

load() {
    "$home/tsdb" load load --url "$url" --db bench "$@" > "$work/load.txt" 2>&1 || { cat "$work/load.txt"; exit 1; }
}

count() {
    curl -fsS -m 120 -G "$url/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "format=csv" --data-urlencode "q=$1"
}

load --workload cardinality --scale "$series" --span 10s --connections 4
measurement=$(count "SHOW MEASUREMENTS" | sed -n 2p | tr -d '"\r')
echo "$series series: count(*) is $(count "SELECT count(*) FROM \"$measurement\"" | tail -1)"
load --workload cpu-only --scale 1000 --duration 10s --rate "$rate" --connections 4 # warm
load --workload cpu-only --scale 1000 --seed 7 --duration "${seconds}s" --rate "$rate" --connections 4
echo "               $(grep '^| ms' "$work/load.txt")"
echo "without scans: $(grep 'from due' "$work/load.txt")"

while true; do
    count "SELECT count(*) FROM \"$measurement\"" > /dev/null 2>> "$work/refused" || break # refused, or the node has ended
    echo >> "$work/asked"
done &
asking_pid=$!
load --workload cpu-only --scale 1000 --seed 8 --duration "${seconds}s" --rate "$rate" --connections 4
echo "with scans:    $(grep 'from due' "$work/load.txt"), $(wc -l < "$work/asked") scans"
[ ! -s "$work/refused" ] || { echo "the scans ended early:"; cat "$work/refused"; exit 1; }
