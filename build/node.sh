# Sourced by the scripts of this folder that measure a node: one of its own, with fresh data, on free ports.
#
#   start_node LAUNCHER DIRECTORY [SETTING ...]   sets node_pid and url; the log is DIRECTORY/node.log
#   stop_node                                     ends it, if there is one
# shellcheck shell=bash

node_pid=
url=

start_node() {
    local launcher=$1 directory=$2
    shift 2
    "$launcher" start --data "$directory/data" --http=127.0.0.1:0 --line-tcp=127.0.0.1:0 "$@" > "$directory/node.log" 2>&1 &
    node_pid=$!
    for _ in $(seq 900); do
        url=$(sed -n 's/^ready \(http[^ ]*\).*/\1/p' "$directory/node.log")
        [ -z "$url" ] || return 0
        kill -0 "$node_pid" 2>/dev/null || { cat "$directory/node.log" >&2; return 1; }
        sleep 0.2
    done
    echo "the node did not start" >&2
    return 1
}

stop_node() {
    [ -z "$node_pid" ] || { kill "$node_pid" 2>/dev/null || true; wait "$node_pid" 2>/dev/null || true; node_pid=; }
}
