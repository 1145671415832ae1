/// A shard's recent data in memory: open buffers of rows, and the blocks they are sealed into.
///
/// In: [io.tsdb.storage.model.PointBatch]es in log order, from the shard's writer thread alone.
/// Out: snapshots of a series to scans, and everything, once, to a flush. A [Head] is guarded by
/// its shard's lock; what a snapshot holds never changes.
@NullMarked
package io.tsdb.storage.head;

import org.jspecify.annotations.NullMarked;
