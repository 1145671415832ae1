#!/usr/bin/env bash
# What heavy questions do to writers: acknowledgement percentiles under an open loop of lines, without and with so many heavy questions in
# flight all the time; how many were answered and refused, and the node's largest resident memory.
#
#   build/ack-while-asking.sh [SECONDS [LINES_PER_SECOND [QUESTIONS]]]      default: 60, 300,000, 100
#
#   TSDB   the launcher to start the node with: another checkout's ./tsdb compares two versions
set -euo pipefail

seconds=${1:-60}
rate=${2:-300000}
questions=${3:-100}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-asking.XXXXXX")
asking=()

finish() {
    [ ${#asking[@]} -eq 0 ] || kill "${asking[@]}" 2>/dev/null || true
    stop_node
    rm -rf "$work"
}
trap finish EXIT

start_node "${TSDB:-$home/tsdb}" "$work"

load() {
    "$home/tsdb" load load --url "$url" --db bench "$@" > "$work/load.txt" 2>&1 || { cat "$work/load.txt"; exit 1; }
}

fields="avg(usage_user), avg(usage_system), avg(usage_idle), avg(usage_nice), avg(usage_iowait), stddev(usage_irq), max(usage_steal)"
heavy="SELECT time_bucket('10m', time) AS t, hostname, $fields FROM cpu GROUP BY t, hostname ORDER BY t, hostname"

load --workload cpu-only --scale 1000 --span 6h --connections 4
load --workload cpu-only --scale 1000 --seed 7 --duration "${seconds}s" --rate "$rate" --connections 4
echo "                   $(grep '^| ms' "$work/load.txt")"
echo "without questions: $(grep 'from due' "$work/load.txt")"

for _ in $(seq "$questions"); do
    while true; do
        code=$(curl -sS -m 300 -o /dev/null -w '%{http_code}' -G "$url/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "format=csv" --data-urlencode "q=$heavy") || break
        echo "$code" >> "$work/codes"
    done 2>/dev/null &
    asking+=($!)
done
load --workload cpu-only --scale 1000 --seed 8 --duration "${seconds}s" --rate "$rate" --connections 4
echo "with $questions in flight: $(grep 'from due' "$work/load.txt")"
echo "answers by status: $(sort "$work/codes" 2>/dev/null | uniq -c | tr -s ' \n' ' ')"
echo "VmHWM: $(awk '/VmHWM/ {print $2 / 1024 " MiB"}' "/proc/$node_pid/status")"
