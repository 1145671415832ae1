# How the JVM of a node is started: read by ./tsdb of the source tree and by bin/tsdb of an installation, so both start it alike.
# POSIX sh.
#
# shellcheck shell=sh disable=SC2154
# Both set: home (the property tsdb.home), jdk (its bin/java runs), lib (folder of the jars), options (file of JVM flags),
# recording (file of classes and profiles, see record; empty for none) and record_log.

fail() {
    echo "tsdb: $*" >&2
    exit 1
}

# MiB that the machine has, or the container where that is less; nothing where it cannot be told
memory_mib() {
    least=""
    if [ -r /proc/meminfo ]; then
        least=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
        group=$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null || true)
        # of the older kind of control groups
        at_most /sys/fs/cgroup/memory/memory.limit_in_bytes
        while true; do
            at_most "/sys/fs/cgroup$group/memory.max"
            [ -n "${group#/}" ] || break
            group=${group%/*}
        done
    elif [ "$(uname)" = Darwin ]; then
        least=$(($(sysctl -n hw.memsize) >> 20))
    fi
    echo "$least"
}

# takes the limit in file $1 where it is less than what was found before
at_most() {
    bytes=$(cat "$1" 2>/dev/null || echo max)
    [ "$bytes" = max ] || [ $((bytes >> 20)) -ge "$least" ] || least=$((bytes >> 20))
}

# Flags for garbage collector and heap. What a node allocates is short-lived or stays: a larger young generation costs memory
# and longer pauses and saves next to nothing. In a small heap the JVM's own third is right. The old generation grows until its
# bound and is collected then, so the bound is what a node takes after hours of writing: it reckons with 8 GiB unless told
# otherwise. The classes of a node take 60 MiB: with the JVM's own first limit of 21 two full collections come in its first seconds.
default_flags() {
    memory=${TSDB_MEMORY_MIB:-}
    if [ -z "$memory" ]; then
        memory=$(memory_mib)
        memory=$((${memory:-0} > 8192 ? 8192 : ${memory:-0}))
    fi
    printf '%s' "-XX:+UseParallelGC -XX:MaxRAMPercentage=35 -XX:MetaspaceSize=96m"
    [ "$memory" -eq 0 ] || printf ' %s' "-XX:MaxRAM=${memory}m"
    [ "$memory" -lt 2304 ] || printf ' %s' "-XX:MaxNewSize=256m"
}

# the JVM passes over a recording of other jars than it runs with, without a word
is_recorded() {
    [ -e "$recording" ] && [ -z "$(find "$options" "$lib" -newer "$recording" 2>/dev/null | head -n 1)" ]
}

# Lets the JVM record a short day of a node: later starts find their classes loaded and linked, and know from the first
# second what is worth compiling. Nothing depends on it: without a recording a node is slower in its first half minute.
record() {
    (
        if command -v flock >/dev/null; then
            exec 9>"${record_log%.log}.lock"
            flock 9
        fi
        ! is_recorded || exit 0
        echo "tsdb: recording how a node runs, for faster starts (once after a build, half a minute)" >&2
        # words, on purpose
        # shellcheck disable=SC2046
        if "$jdk/bin/java" "-XX:AOTCacheOutput=$recording.new" "@$options" $(default_flags) -cp "$lib/*" \
            io.tsdb.cluster.node.Main train >"$record_log" 2>&1 && [ -s "$recording.new" ]; then
            mv -f "$recording.new" "$recording"
        else
            echo "tsdb: that did not work, see $record_log; starting without" >&2
            # not again before the next build
            : >"$recording"
        fi
    )
}

# A heap that is full ends the node: when nine tenths of the time go into collections, five whole ones in a row, that free less than
# a twentieth. With the JVM's own bounds (98 and 2 in a hundred) it collected for minutes, answered nothing, and did not end.
full_heap="-XX:+ExitOnOutOfMemoryError -XX:GCTimeLimit=90 -XX:GCHeapFreeLimit=5 -XX:+DisplayVMOutputToStderr"

# What a node says before the JVM ends it (status 3) since its heap is full.
last_words="-XX:OnOutOfMemoryError=echo 'tsdb: out of memory: the heap is too small for what was asked of it. What was acknowledged is safe. Give it more (TSDB_MEMORY_MIB, or the limit of the container), or lower memory (tsdb.conf)' >&2"

# Replaces the script by the JVM, with the command and its arguments.
run() {
    case "${TSDB_MEMORY_MIB:-1}" in
        *[!0-9]* | 0*)
            # a wrong setting, as of a node's own
            echo "tsdb: TSDB_MEMORY_MIB is a number of MiB, such as 2048; it is '$TSDB_MEMORY_MIB'" >&2
            exit 2
            ;;
    esac
    command=${1:-}
    set -- "-Dtsdb.home=$home" -cp "$lib/*" io.tsdb.cluster.node.Main "$@"
    case $command in
        start | demo)
            if [ -n "$recording" ]; then
                # a reload by systemd may come while this still records: it is not to end it, and the node reads its settings later
                trap : HUP
                is_recorded || record
                # one that does not fit (another JVM, other flags) is passed over
                [ ! -s "$recording" ] || set -- "-XX:AOTCache=$recording" -Xlog:aot=off -Xlog:cds=off "$@"
            fi
            # words, on purpose
            # shellcheck disable=SC2046,SC2086
            set -- "@$options" $full_heap "$last_words" ${TSDB_JVM_FLAGS-$(default_flags)} "$@"
            ;;
        load)
            set -- -XX:+UseSerialGC "$@"
            ;;
        *)
            set -- -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED "$@"
            ;;
    esac
    exec "$jdk/bin/java" "$@"
}
