/// Logs that several nodes keep together: [io.tsdb.storage.log.ShardLog] on Apache Ratis.
///
/// In: entries, from `storage.shard` of this node and, through `rpc`, of others. Out: every
/// committed entry, on every node, in the order of the log, to the applier there. The Raft log of a
/// shard is its write-ahead log: nothing is written twice, and it is trimmed as the local one is.
/// An append goes to whoever leads, again and again until it is committed, and counts once.
/// Threads: Ratis' own, one a group that delivers. Bytes: `docs/format/raft-log.md`. Settings and
/// why: [io.tsdb.cluster.raft.RaftSettings]. The only package that sees Ratis.
@NullMarked
package io.tsdb.cluster.raft;

import org.jspecify.annotations.NullMarked;
