/// Deletes rows wherever their shards are.
///
/// In: a `DELETE` from the query engine, by its port [io.tsdb.query.exec.RowDeletion]. Out: for
/// each shard a delete that is decided on one replica's parts and logged, so that all replicas come
/// to it: here where a replica is here ([ShardDeletion]), at another member over the data port
/// otherwise ([ClusterDeletion]; [DeleteServer] is the other side). Any thread; a statement waits
/// on its own. Bytes: `docs/protocol/data-port.md#deletes`.
@NullMarked
package io.tsdb.cluster.delete;

import org.jspecify.annotations.NullMarked;
