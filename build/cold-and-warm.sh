#!/usr/bin/env bash
# The first question of each TSBS type to a node that just started, over data in parts, and the median of those that follow; a node for each
# type, so that no type warms another.
#
#   build/cold-and-warm.sh [SPAN [HOSTS [RUNS [PAUSE]]]]      default: 24h 1000 200 0; PAUSE: seconds between ready and the first question
#
#   TSDB   the launcher to start the node with; TSDB_RECORDING=off shows what the recording of `tsdb train` is worth
set -euo pipefail

span=${1:-24h}
hosts=${2:-1000}
runs=${3:-200}
pause=${4:-0}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-cold.XXXXXX")

finish() {
    stop_node
    rm -rf "$work"
}
trap finish EXIT

start_node "${TSDB:-$home/tsdb}" "$work"
"$home/tsdb" load load --url "$url" --db bench --workload cpu-only --scale "$hosts" --span "$span" --connections 4 > "$work/load.txt" 2>&1 || { cat "$work/load.txt"; exit 1; }
stop_node

start_node "${TSDB:-$home/tsdb}" "$work"
middle=$(curl -fsS -G "$url/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "format=csv" --data-urlencode "q=SELECT min(time) + INTERVAL '6 hours' FROM cpu" | tail -1 | tr -d '"\r')
stop_node

hour="time >= '$middle' AND time < timestamp '$middle' + INTERVAL '1 hour'"
half="time >= '$middle' AND time < timestamp '$middle' + INTERVAL '12 hours'"
five="max(usage_user), max(usage_system), max(usage_idle), max(usage_nice), max(usage_iowait)"
all="$five, max(usage_irq), max(usage_softirq), max(usage_steal), max(usage_guest), max(usage_guest_nice)"
eight="hostname IN ('host_1', 'host_2', 'host_3', 'host_4', 'host_5', 'host_6', 'host_7', 'host_8')"
minute="SELECT time_bucket('1m', time) AS t"
hourly="SELECT time_bucket('1h', time) AS t"

ask() {
    curl -sS -m 300 -o "$work/answer" -w '%{time_total}\n' -G "$url/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "q=$1"
    ! grep -q '"error"' "$work/answer" || { head -c 500 "$work/answer" >&2; exit 1; }
}

print() {
    start_node "${TSDB:-$home/tsdb}" "$work"
    local cold warm
    sleep "$pause"
    cold=$(ask "$2")
    for _ in $(seq "$runs"); do ask "$2"; done | tail -n "$((runs / 2))" | sort -n > "$work/times"
    warm=$(sed -n "$((runs / 4 + 1))p" "$work/times")
    awk -v n="$1" -v c="$cold" -v w="$warm" 'BEGIN { printf "| %s | %.1f | %.1f | %.1f |\n", n, c * 1000, w * 1000, c / w }'
    stop_node
}

echo "| type | cold ms | warm ms | cold / warm |"
echo "|---|---:|---:|---:|"
print single-groupby-1-1-1 "$minute, max(usage_user) FROM cpu WHERE hostname IN ('host_1') AND $hour GROUP BY 1 ORDER BY 1"
print single-groupby-1-8-1 "$minute, max(usage_user) FROM cpu WHERE $eight AND $hour GROUP BY 1 ORDER BY 1"
print single-groupby-5-8-1 "$minute, $five FROM cpu WHERE $eight AND $hour GROUP BY 1 ORDER BY 1"
print cpu-max-all-8 "$hourly, $all FROM cpu WHERE $eight AND $half GROUP BY 1 ORDER BY 1"
print double-groupby-1 "$hourly, hostname, avg(usage_user) FROM cpu WHERE $half GROUP BY 1, hostname ORDER BY 1"
print double-groupby-5 "$hourly, hostname, ${five//max/avg} FROM cpu WHERE $half GROUP BY 1, hostname ORDER BY 1"
print double-groupby-all "$hourly, hostname, ${all//max/avg} FROM cpu WHERE $half GROUP BY 1, hostname ORDER BY 1"
print high-cpu-1 "SELECT * FROM cpu WHERE usage_user > 90 AND hostname IN ('host_1') AND $half"
print high-cpu-all "SELECT * FROM cpu WHERE usage_user > 90 AND $half"
print lastpoint "SELECT * FROM cpu LATEST BY hostname"
print groupby-orderby-limit "$minute, max(usage_user) FROM cpu WHERE time < '$middle' GROUP BY 1 ORDER BY 1 DESC LIMIT 5"
