#!/usr/bin/env bash
# A cluster of three nodes on one machine beside a node alone: lines/s acknowledged, and how long TSBS queries take,
# with all nodes and with one dead. Rounds alternate between the two, so that a busy machine is busy for both.
#
#   build/cluster-side-by-side.sh [ROUNDS [SECONDS [WARM_UP]]]      default: 3 rounds of 15 s of load, after 60 s of it
#
# Both get the same: three loads at a time, each of 1,000 devices in a database of its own and by two connections, their times
# behind those of the round before. The warm-up is not counted: four processes compile on the same cores at first.
#
# What limits: the three nodes share the cores and the disk of this machine. Each line is logged, applied and flushed
# three times, and each sync of a leader is followed by one of a follower before a line is acknowledged. So a third of
# a single node's figure is what a node of the cluster could give at most; the ratio printed is against that third.
#
#   TSDB   the launcher to start the nodes with
set -euo pipefail

rounds=${1:-3}
seconds=${2:-15}
warm_up=${3:-60}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
launcher=${TSDB:-$home/tsdb}
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-cluster.XXXXXX")
pids=()
urls=()

finish() {
    stop_node
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT

free_ports() { # COUNT
    python3 - "$1" <<'PY'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(" ".join(str(s.getsockname()[1]) for s in sockets))
PY
}

start_cluster() {
    read -r -a ports <<< "$(free_ports 6)"
    local seeds="127.0.0.1:${ports[0]},127.0.0.1:${ports[1]},127.0.0.1:${ports[2]}"
    for node in 0 1 2; do
        mkdir -p "$work/node-$node"
        "$launcher" start --data "$work/node-$node/data" --http=127.0.0.1:0 --line-tcp=off --cluster \
            --cluster-seeds="$seeds" --cluster-listen="127.0.0.1:${ports[$node]}" \
            --cluster-raft="127.0.0.1:${ports[$((node + 3))]}" > "$work/node-$node/log" 2>&1 &
        pids+=($!)
    done
    for node in 0 1 2; do
        for _ in $(seq 900); do
            urls[$node]=$(sed -n 's/^ready \(http[^ ]*\).*/\1/p' "$work/node-$node/log")
            [ -n "${urls[$node]}" ] && break
            sleep 0.2
        done
        [ -n "${urls[$node]}" ] || { cat "$work/node-$node/log" >&2; exit 1; }
    done
}

# Acknowledged lines/s of three loads at the same time, which take turns with the URLs.
load() { # DAY SECONDS URL ...
    local start sum=0 running=() at=("${@:3}")
    start=$(date -u -d "2026-01-01 + $1 days" +%Y-%m-%dT%H:%M:%SZ)
    for i in 0 1 2; do
        "$home/tsdb" load load --url "${at[$((i % ${#at[@]}))]}" --db "bench$i" --workload cpu-only --scale 1000 --seed "$i" \
            --start "$start" --duration "$2s" --connections 2 --quiet > "$work/load-$i.txt" 2>&1 &
        running+=($!)
    done
    for pid in "${running[@]}"; do
        wait "$pid" || true # it says so when a batch was refused to the end; what counts is what was acknowledged
    done
    for i in 0 1 2; do
        one=$(sed -n 's/^acknowledged .*: \([0-9,]*\) lines\/s.*/\1/p' "$work/load-$i.txt" | tr -d ,)
        [ -n "$one" ] || { cat "$work/load-$i.txt" >&2; exit 1; }
        sum=$((sum + one))
    done
    echo "$sum"
}

# Sum of the mean milliseconds of all query types, of a hundred questions each after two hundred: before that the client,
# a new process, compiles on the same cores.
queries() { # URL
    "$home/tsdb" load query --url "$1" --db asked --workload cpu-only --scale 100 --span 2h --runs 100 --warm-up 200 --check 1 \
        --json "$work/queries.json" > "$work/queries.txt" 2>&1 || { cat "$work/queries.txt" >&2; exit 1; }
    python3 - "$work/queries.json" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
def means(node):
    if isinstance(node, dict):
        if node.get("queriesPerSecond"):
            yield 1000 / node["queriesPerSecond"]
        for value in node.values():
            yield from means(value)
    elif isinstance(node, list):
        for value in node:
            yield from means(value)
print("%.1f" % sum(means(report)))
PY
}

# Median milliseconds of a question about one host that has to have what any node has acknowledged, and of the same without that.
barrier() { # URL
    local consistency
    for consistency in strong eventual; do
        for _ in $(seq 400); do
            curl -fsS -o "$work/answer" -w '%{time_total}\n' -G "$1/api/v1/sql" --data-urlencode "db=asked" --data-urlencode "consistency=$consistency" \
                --data-urlencode "q=SELECT time_bucket('1m', time) AS t, max(usage_user) FROM cpu WHERE hostname = 'host_1' GROUP BY t ORDER BY t"
        done | tail -n 200 | sort -n | awk -v c="$consistency" 'NR == 101 { printf "%s %.1f ms\n", c, $1 * 1000 }'
    done | paste -sd " " -
}

fill() { # URL
    "$home/tsdb" load load --url "$1" --db asked --workload cpu-only --scale 100 --span 2h --connections 2 --quiet \
        > "$work/fill.txt" 2>&1 || { cat "$work/fill.txt" >&2; exit 1; }
}

start_node "$launcher" "$work"
start_cluster
fill "$url"
fill "${urls[0]}"

load 0 "$warm_up" "$url" > "$work/warm.txt"
load 0 "$warm_up" "${urls[@]}" > "$work/warm.txt"
for _ in 1 2 3; do
    queries "$url" > "$work/warm.txt"
    queries "${urls[0]}" > "$work/warm.txt"
done

echo "one host: alone $(barrier "$url"), cluster $(barrier "${urls[0]}"), at another node $(barrier "${urls[1]}")"
echo "round | alone lines/s | cluster lines/s | share of a third | alone queries ms | cluster ms | ratio"
day=0
measure() { # NAME URL ...
    local name=$1
    shift
    for round in $(seq "$rounds"); do
        day=$((day + 20))
        alone=$(load "$day" "$seconds" "$url")
        together=$(load "$day" "$seconds" "$@")
        asked_alone=$(queries "$url")
        asked=$(queries "$1")
        python3 -c "
a, t, qa, q = $alone, $together, $asked_alone, $asked
print('%s %d | %d | %d | %.2f | %.1f | %.1f | %.2f' % ('$name', $round, a, t, t / (a / 3), qa, q, q / qa))"
    done
}
measure whole "${urls[@]}"
kill -9 "${pids[2]}"
wait "${pids[2]}" 2>/dev/null || true
measure "one dead" "${urls[0]}" "${urls[1]}"
