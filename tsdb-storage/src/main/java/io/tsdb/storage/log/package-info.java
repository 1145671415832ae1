/// Write-ahead log: entries of shards and of the catalog are appended, synced, and delivered, now
/// or after a crash.
///
/// In: [io.tsdb.storage.log.LogEntry] from `shard`. Out: every committed entry, in index order, to
/// the applier of its log. [io.tsdb.storage.log.ShardLog] and [io.tsdb.storage.log.NodeLog] are the
/// seam for replication: [io.tsdb.storage.log.LocalLog] stands behind them on one machine. Bytes:
/// `docs/format/wal.md`. A torn last record is cut; damage before it is an error.
@NullMarked
package io.tsdb.storage.log;

import org.jspecify.annotations.NullMarked;
