/// Network edge of ingest: HTTP write endpoints, health, and line protocol over TCP.
///
/// In: bytes from sockets. Out: bytes to a [io.tsdb.ingest.protocol.ProtocolDecoder], its batches
/// to a [io.tsdb.ingest.batch.PointSink], and the answer of the endpoint's contract back to the
/// client once the sink has acknowledged. Knows framing, content codings, limits and back-pressure,
/// and no grammar.
///
/// Threads: everything of a connection runs on its event loop; sinks call back from any thread.
/// Contracts: `docs/protocol/http-write.md`, `docs/protocol/tcp-line.md`.
@NullMarked
package io.tsdb.ingest.transport;

import org.jspecify.annotations.NullMarked;
