#!/bin/sh
# Runs tsdb from its installation, with the Java runtime that is in it. `tsdb record` records as the first start would, and ends.
#
#   TSDB_MEMORY_MIB  memory to reckon with, instead of what the machine or the container has, 8192 at most
#   TSDB_JVM_FLAGS   replaces the flags for garbage collector and heap: "-XX:+UseParallelGC -XX:MaxRAMPercentage=35
#                    -XX:MetaspaceSize=96m -XX:MaxRAM=8192m -XX:MaxNewSize=256m" (the last one from 2.25 GiB of memory on)
#   TSDB_RECORDING   file for the classes and profiles that the first start records, for faster ones later; off: none.
#                    Else tsdb.aot in the installation, where this user may write there or it was recorded before
# shellcheck disable=SC2034
set -eu

# what this script itself needs, whatever the caller's path is
PATH=${PATH:+$PATH:}/usr/bin:/bin
home=$(dirname "$(dirname "$(readlink -f "$0")")")
jdk=$home/runtime
lib=$home/lib
options=$home/lib/tsdb.options
# shellcheck source=jvm.sh
. "$home/lib/jvm.sh"

case ${TSDB_RECORDING:-} in
    off) recording="" ;;
    "")
        recording=$home/tsdb.aot
        [ -w "$home" ] || [ -s "$recording" ] || recording=""
        ;;
    *) recording=$TSDB_RECORDING ;;
esac
record_log=${recording%.aot}.record.log
if [ "${1:-}" = record ]; then
    [ -n "$recording" ] || fail "there is no file to record to: $home is not writable, and TSDB_RECORDING names none"
    is_recorded || record
    [ -s "$recording" ]
    exit
fi
run "$@"
