/// Has the fragments of a query run where the data is, and hands back what comes out.
///
/// In: a fragment from the query engine, by its port [io.tsdb.query.fragment.FragmentRunner]. Out:
/// batches of the shards, as they come. [LocalFragmentRunner]: all shards are this node's.
/// [ClusterFragmentRunner]: of each shard one replica is asked, over the data port where it is
/// another node's; [FragmentServer] is the other side. A shard's part runs on one thread at a time
/// and never waits for the client: when nobody takes its batches it is put down and goes on later.
/// Bytes: `docs/protocol/data-port.md#queries`.
@NullMarked
package io.tsdb.cluster.read;

import org.jspecify.annotations.NullMarked;
