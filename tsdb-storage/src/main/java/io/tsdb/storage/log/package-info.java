/// Write-ahead log: entries of shards are appended, synced, and replayed after a crash.
///
/// In: [LogEntry] from `shard`. Out: the same entries, in order, at replay. [ShardLog] is the seam
/// for replication: the local log of a node stands behind it on one machine. Bytes:
/// `docs/format/wal.md`. A torn last record is cut; damage before it is an error.
@NullMarked
package io.tsdb.storage.log;

import org.jspecify.annotations.NullMarked;
