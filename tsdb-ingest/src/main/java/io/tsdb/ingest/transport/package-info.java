/// Network edge of ingest: the HTTP write endpoints, and line protocol over TCP; a listener and
/// routes of [io.tsdb.storage.net].
///
/// In: bytes from sockets. Out: bytes to a [io.tsdb.ingest.protocol.ProtocolDecoder], its batches
/// to a [io.tsdb.ingest.batch.PointSink], and the answer of the endpoint's contract back to the
/// client once the sink has acknowledged. Knows framing, content codings, limits and back-pressure,
/// and no grammar.
///
/// Threads: everything of a connection runs on its event loop, but for what may take long: bodies
/// that are compressed, longer than some MiB or slow to decode are inflated, decoded and handed
/// over by [BodyThreads] ([DetachedBody]), and lines over TCP that are slow are decoded in turns
/// ([LoopPace]). Sinks call back from any thread. Contracts: `docs/protocol/http-write.md`,
/// `docs/protocol/tcp-line.md`.
@NullMarked
package io.tsdb.ingest.transport;

import org.jspecify.annotations.NullMarked;
