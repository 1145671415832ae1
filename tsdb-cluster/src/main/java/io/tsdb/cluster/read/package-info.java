/// Has the fragments of a query run where the data is, and hands back what comes out.
///
/// In: a fragment from the query engine, by its port [io.tsdb.query.fragment.FragmentRunner]. Out:
/// batches of the shards, as they come. Here: the shards of this node, on an executor. A shard's
/// part runs on one thread at a time and never waits for the client: when nobody takes its batches
/// it is put down and goes on later.
@NullMarked
package io.tsdb.cluster.read;

import org.jspecify.annotations.NullMarked;
