/// Points of a request gathered in columns, one batch per shard; the series cache of a connection;
/// and the port to the cluster.
///
/// In: fields as a protocol decoder meets them. Out: [io.tsdb.storage.model.PointBatch]es to a
/// [PointSink]. A builder belongs to one connection; the sink is for any thread.
@NullMarked
package io.tsdb.ingest.batch;

import org.jspecify.annotations.NullMarked;
