/// Bytes from a client to points: what every wire protocol gives and takes.
///
/// In: pieces of a request's body, cut anywhere, from `transport`. Out:
/// [io.tsdb.storage.model.PointBatch]es by shard and the lines that were refused, as a
/// [io.tsdb.ingest.protocol.DecodeResult]. A decoder belongs to one connection and is used by one
/// thread at a time; results may be released by any thread.
@NullMarked
package io.tsdb.ingest.protocol;

import org.jspecify.annotations.NullMarked;
