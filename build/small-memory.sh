#!/usr/bin/env bash
# A node in little memory under the load of a fleet: what it takes, and whether anything failed.
#
#   build/small-memory.sh [MINUTES [MEMORY_MIB [HEAP_MIB]]]     default: 5 minutes, 512 MiB for the process, 256 MiB of heap
#
# 10,000 series (hosts of TSBS cpu-only with ten fields, or what SERIES says) send 10,000 lines a second, as fast as data
# comes in real time; six questions go round meanwhile, two clients at a time. Where control groups can be made (root), the node is in
# one with that limit of memory, so that the kernel ends it beyond; elsewhere the launcher is told (TSDB_MEMORY_MIB) and peak RSS is held
# against the limit at the end. Exit status: 0 nothing failed and the limit was kept.
set -euo pipefail

minutes=${1:-5}
memory_mib=${2:-512}
heap_mib=${3:-256}
rate=${RATE:-10000}
devices=${SERIES:-10000}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${SOAK_DIR:-${TMPDIR:-/tmp}}/tsdb-small.XXXXXX")
group=
load_pid=
query_pids=()

finish() {
    for pid in "${query_pids[@]}" $load_pid; do
        kill "$pid" 2>/dev/null || true
    done
    stop_node
    [ -z "$group" ] || rmdir "$group" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# a control group with the limit, of either kind; empty where none can be made
make_group() {
    local at
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        at=/sys/fs/cgroup/tsdb-small-$$
        mkdir "$at" 2>/dev/null && echo "${memory_mib}M" > "$at/memory.max" 2>/dev/null && echo 0 > "$at/memory.swap.max" 2>/dev/null && echo "$at" && return
    elif [ -d /sys/fs/cgroup/memory ]; then
        at=/sys/fs/cgroup/memory/tsdb-small-$$
        mkdir "$at" 2>/dev/null && echo "${memory_mib}M" > "$at/memory.limit_in_bytes" 2>/dev/null && echo "$at" && return
    fi
    rmdir "${at:-/nowhere}" 2>/dev/null || true
}

group=$(make_group || true)
# the node and what it starts are in the group from their first page on
cat > "$work/launch" <<LAUNCH
#!/usr/bin/env bash
[ -z "$group" ] || echo \$\$ > "$group/cgroup.procs"
export TSDB_JVM_FLAGS="-XX:+UseSerialGC -Xmx${heap_mib}m" TSDB_RECORDING=off
exec "${TSDB:-$home/tsdb}" "\$@"
LAUNCH
chmod +x "$work/launch"
start_node "$work/launch" "$work" --flush-age=30s --disk-reserve=64MiB
java_pid=$(pgrep -P "$node_pid" java || echo "$node_pid")

sql() {
    curl -sS -m 60 -G "$url/api/v1/sql" --data-urlencode "db=fleet" --data-urlencode "format=csv" --data-urlencode "q=$1" -o "$work/${2:-answer}"
    head -c 300 "$work/${2:-answer}"
}

sql "CREATE DATABASE fleet" > /dev/null
${LOAD:-"$home/tsdb" load} load --url "$url" --db fleet --workload cpu-only --scale "$devices" --interval 1s --rate "$rate" \
    --duration "${minutes}m" --connections 4 --batch 1000 > "$work/load.txt" 2>&1 &
load_pid=$!

questions() {
    local n=0 statement answer
    until [[ $(sql "SHOW MEASUREMENTS" || true) == *cpu* ]]; do
        sleep 0.2
    done
    while true; do
        for statement in \
            "SELECT time_bucket('1m', time) AS t, avg(usage_user), max(usage_system) FROM cpu WHERE hostname = 'host_7' GROUP BY 1 ORDER BY 1" \
            "SELECT * FROM cpu LATEST BY hostname" \
            "SELECT max(usage_user), count(*) FROM cpu" \
            "SELECT hostname, avg(usage_user) AS a FROM cpu GROUP BY 1 ORDER BY a DESC LIMIT 10" \
            "SELECT * FROM cpu WHERE usage_user > 99 ORDER BY time DESC LIMIT 100" \
            "SELECT time_bucket('1m', time) AS t, region, avg(usage_idle) FROM cpu GROUP BY 1, 2"; do
            answer=$(sql "$statement" "answer.$1" || true)
            n=$((n + 1))
            case $answer in
                '{"error"'* | "") echo "${answer:-no answer}: $statement" >> "$work/failed.$1" ;;
            esac
            echo "$n" > "$work/count.$1"
        done
        sleep 0.5
    done
}
for client in 1 2; do
    questions "$client" &
    query_pids+=($!)
done

rss_kib() {
    sed -n "s/^$1:[[:space:]]*\([0-9]*\) kB/\1/p" "/proc/$java_pid/status" 2>/dev/null || true
}

while kill -0 "$load_pid" 2>/dev/null; do
    sleep 10
    [ -n "$(rss_kib VmRSS)" ] || { echo "the node ended; its last words:"; tail -5 "$work/node.log"; wait "$node_pid" || echo "exit status $?"; exit 1; }
    printf '%s rss %s MiB, peak %s MiB, questions %s\n' "$(date -u +%T)" "$(($(rss_kib VmRSS) >> 10))" "$(($(rss_kib VmHWM) >> 10))" \
        "$(find "$work" -name 'count.*' -exec cat {} + | awk '{s += $1} END {print s + 0}')"
done
loaded=0
wait "$load_pid" || loaded=$?
load_pid=
peak_mib=$(($(rss_kib VmHWM) >> 10))
failed=$(find "$work" -name 'failed.*' -exec cat {} + | wc -l)
asked=$(find "$work" -name 'count.*' -exec cat {} + | awk '{s += $1} END {print s + 0}')
tail -25 "$work/load.txt"
[ "$failed" = 0 ] || { echo "questions that failed, the first ones:"; cat "$work"/failed.* | head -5; }
echo "limit $memory_mib MiB $([ -n "$group" ] && echo "by a control group" || echo "told to the launcher"), heap $heap_mib MiB, $devices series, $rate lines/s, $minutes min:" \
    "peak RSS $peak_mib MiB, $asked questions, $failed failed, load exit status $loaded"
[ "$peak_mib" -le "$memory_mib" ] && [ "$failed" = 0 ] && [ "$loaded" = 0 ]
