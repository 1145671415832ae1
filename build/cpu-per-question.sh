#!/usr/bin/env bash
# CPU that the server takes for a question, of small ones with other hosts and times each: of this checkout and, where BASE names another
# one's launcher, of that in turn. Waiting for a core is not counted, so it says something on a busy machine too.
#
#   [BASE=../other/tsdb] build/cpu-per-question.sh [QUESTIONS [ROUNDS]]      default: 3000 3; the last round counts, the first compiles
set -euo pipefail

questions=${1:-3000}
rounds=${2:-3}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$home/build/node.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/tsdb-cpu.XXXXXX")
launchers=("${TSDB:-$home/tsdb}")
[ -z "${BASE:-}" ] || launchers+=("$BASE")
pids=()

finish() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait || true
    rm -rf "$work"
}
trap finish EXIT

ask() {
    curl -fsS -m 300 -G "${urls[$1]}/api/v1/sql" --data-urlencode "db=bench" --data-urlencode "format=csv" --data-urlencode "q=$2"
}

urls=()
for i in "${!launchers[@]}"; do
    mkdir "$work/$i"
    start_node "${launchers[$i]}" "$work/$i"
    pids+=("$node_pid")
    urls+=("$url")
    "$home/tsdb" load load --url "$url" --db bench --workload cpu-only --scale 1000 --span 3h --connections 2 > "$work/load.txt" 2>&1 || { cat "$work/load.txt"; exit 1; }
done
start=$(date -u -d "$(ask 0 "SELECT min(time) FROM cpu" | tail -1 | tr -d '"\r')" +%s)

# a question of a type with its n-th host and hour, for a URL
question() {
    local from to
    from=$(date -u -d "@$((start + $2 * 37 % 7000))" +%Y-%m-%dT%H:%M:%SZ)
    to=$(date -u -d "@$((start + $2 * 37 % 7000 + 3600))" +%Y-%m-%dT%H:%M:%SZ)
    case $1 in
    single-groupby-1-1-1) echo "SELECT time_bucket('1m', time) AS t, max(usage_user) FROM cpu WHERE hostname IN ('host_$(($2 * 7 % 1000))') AND time >= '$from' AND time < '$to' GROUP BY 1 ORDER BY 1" ;;
    lastpoint) echo "SELECT * FROM cpu LATEST BY hostname" ;;
    esac
}

cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$1/stat"; }

for type in single-groupby-1-1-1 lastpoint; do
    for n in $(seq 200); do question "$type" "$n"; done | sed "s/ /%20/g; s/'/%27/g; s/>/%3E/g; s/</%3C/g" > "$work/questions"
    mapfile -t texts < "$work/questions"
    for i in "${!urls[@]}"; do
        for n in $(seq 0 $((questions - 1))); do
            echo "url = \"${urls[$i]}/api/v1/sql?db=bench&q=${texts[n % 200]}\""
            echo "output = /dev/null"
        done > "$work/$i/config"
    done
    for round in $(seq "$rounds"); do
        for i in "${!urls[@]}"; do
            before=$(cpu "${pids[$i]}")
            curl -fsS --fail-early -K "$work/$i/config"
            after=$(cpu "${pids[$i]}")
            awk -v t="$type" -v r="$round" -v l="${launchers[$i]}" -v d="$((after - before))" -v q="$questions" \
                'BEGIN { printf "%s, round %d, %s: %.2f ms of CPU a question\n", t, r, l, d / q }'
        done
    done
done
