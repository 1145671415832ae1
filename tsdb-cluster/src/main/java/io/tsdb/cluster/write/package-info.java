/// Where batches go from ingest: to the shards of this node.
///
/// In: batches by shard through [io.tsdb.ingest.batch.PointSink]. Out: appends to shards, one
/// answer per request when all of them are durable and visible. Any thread.
@NullMarked
package io.tsdb.cluster.write;

import org.jspecify.annotations.NullMarked;
