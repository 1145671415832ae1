#!/usr/bin/env bash
# A node under a mixed load for a while, and what it takes meanwhile: heap, direct memory, file handles, parts, acknowledgements.
#
#   build/soak.sh [MINUTES [LINES_PER_SECOND]]      default: 60 minutes, 300,000 lines/s (TSBS cpu-only, 1,000 devices, 5 % late)
#
# The data begins so far back that it ends now; the retention follows it, so that old parts go all the time. Flushes are due every
# 15 s, compaction runs as always, queries one after the other. A line every ten seconds; at the end the load generator's report
# (acknowledgement percentiles, those of the first minute apart; batches of 1,000 lines, as Telegraf sends them) and how much heap, direct memory and file handles have grown per hour from the second third on. The
# heap of a line is the least of ten looks a second apart, so what a collection has just left; no collection is asked for, since
# a full one takes longer than the tail that is measured here.
#   SOAK_DIR   where the data goes (default: a new directory in $TMPDIR), removed at the end
set -euo pipefail

minutes=${1:-60}
rate=${2:-300000}
devices=1000
interval=10
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${SOAK_DIR:-${TMPDIR:-/tmp}}/tsdb-soak.XXXXXX")
seconds=$((minutes * 60))
data_per_second=$((rate * interval / devices))
load_pid=
query_pid=

finish() {
    for pid in $query_pid $load_pid; do
        kill "$pid" 2>/dev/null || true
    done
    stop_node
    rm -rf "$work"
}
trap finish EXIT

start_node "$home/tsdb" "$work" --flush-age=15s
# the launcher may be a parent of the node
java_pid=$(pgrep -P "$node_pid" java || echo "$node_pid")

sql() {
    curl -sS -m 60 -G "$url/api/v1/sql" --data-urlencode "db=soak" --data-urlencode "format=csv" --data-urlencode "q=$1"
}

sql "CREATE DATABASE soak" > /dev/null
start=$(date -u -d "@$(($(date +%s) - seconds * data_per_second))" +%Y-%m-%dT%H:%M:%SZ)
"$home/tsdb" load load --url "$url" --db soak --workload cpu-only --scale $devices --interval ${interval}s --start "$start" --out-of-order 0.05 \
    --batch 1000 --rate "$rate" --duration "${minutes}m" --warm-up 60s --connections 4 > "$work/load.txt" 2>&1 &
load_pid=$!

query_loop() {
    local n=0 failed=0 statement answer
    until [[ $(sql "SHOW MEASUREMENTS") == *cpu* ]]; do
        sleep 0.2
    done
    while true; do
        for statement in \
            "SELECT time_bucket('1h', time) AS t, hostname, avg(usage_user) FROM cpu WHERE hostname = 'host_7' GROUP BY 1, 2" \
            "SELECT * FROM cpu LATEST BY hostname" \
            "SELECT max(usage_user), count(*) FROM cpu" \
            "SELECT * FROM cpu WHERE usage_user > 99 ORDER BY time DESC LIMIT 100" \
            "SHOW TAG VALUES FROM cpu WITH KEY = hostname"; do
            answer=$(sql "$statement") || true
            case $answer in
                '{"error"'* | "")
                    failed=$((failed + 1))
                    echo "${answer:0:300}" >> "$work/failed.txt"
                    ;;
            esac
            n=$((n + 1))
            echo "$n $failed" > "$work/queries.new" && mv "$work/queries.new" "$work/queries"
        done
        sleep 1
    done
}
query_loop &
query_pid=$!

metric() {
    sed -n "s/^$1 \([0-9.E+]*\)$/\1/p" "$work/metrics" | head -1
}

least_heap() {
    for _ in $(seq 10); do
        sleep 1
        curl -sS -m 20 "$url/metrics" 2>/dev/null | awk '/^jvm_memory_used_bytes{area="heap"/ {sum += $NF} END {if (sum > 0) printf "%d\n", sum / 1048576}'
    done | sort -n | head -1
}

echo "seconds least_heap_mb rss_mb direct_mb file_handles parts_mb expired_rows write_amplification queries failed" | tee "$work/table"
began=$(date +%s)
while kill -0 "$load_pid" 2>/dev/null; do
    heap=$(least_heap)
    now=$(($(date +%s) - began))
    left=$((seconds > now ? seconds - now : 0))
    sql "ALTER DATABASE soak SET RETENTION '$((left * data_per_second + 5 * 86400)) s'" > /dev/null || true
    curl -sS -m 20 "$url/metrics" > "$work/metrics" || continue
    direct=$(awk '/^jvm_buffer_memory_used_bytes{id="direct"/ {print $NF}' "$work/metrics")
    printf '%d %d %d %d %d %d %.0f %.2f %s\n' "$now" \
        "${heap:-0}" \
        "$(($(awk '/^VmRSS/ {print $2}' "/proc/$java_pid/status") >> 10))" \
        "$(awk -v b="${direct:-0}" 'BEGIN {printf "%d", b / 1048576}')" \
        "$(ls "/proc/$java_pid/fd" | wc -l)" \
        "$(du -sm "$work"/data/shard-*/parts 2>/dev/null | awk '{sum += $1} END {print sum + 0}')" \
        "$(metric tsdb_expired_rows_total || echo 0)" \
        "$(metric tsdb_write_amplification || echo 1)" \
        "$(cat "$work/queries" 2>/dev/null || echo 0 0)" | tee -a "$work/table"
done
wait "$load_pid" || true
load_pid=
echo
sed -n '/^cpu-only/,$p' "$work/load.txt" # without its line a second
[ ! -e "$work/failed.txt" ] || { echo "queries that failed:"; sort "$work/failed.txt" | uniq -c | head; }
awk -v total="$seconds" '
    NR > 1 && $1 > total / 3 {
        n++; sx += $1; sxx += $1 * $1
        for (c = 2; c <= 5; c++) { sy[c] += $c; sxy[c] += $1 * $c }
    }
    END {
        name[2] = "least heap MB"; name[3] = "RSS MB"; name[4] = "direct memory MB"; name[5] = "file handles"
        for (c = 2; c <= 5 && n > 1; c++) {
            slope = (n * sxy[c] - sx * sy[c]) / (n * sxx - sx * sx)
            printf "%s: mean %.0f, slope %+.1f an hour\n", name[c], sy[c] / n, slope * 3600
        }
    }' "$work/table"
