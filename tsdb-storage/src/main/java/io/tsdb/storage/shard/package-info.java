/// A shard: log, head, parts and manifest under one writer thread; its recovery, its flush, and its
/// scans.
///
/// Threads: a writer per shard, one that flushes; while recovering, one that reads the log and one
/// per shard that applies it.
///
/// Newest rows of series come from [LatestTables], which follow what the head notes of changes.
///
/// In: batches from any thread. Out: acknowledgements once logged and applied;
/// [io.tsdb.storage.scan.MeasurementScan]s. A [Store] holds all shards of a node. Bytes:
/// `docs/format/manifest.md`, `docs/format/store.md`.
@NullMarked
package io.tsdb.storage.shard;

import org.jspecify.annotations.NullMarked;
