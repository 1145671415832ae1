/// Network edge of a node, under all protocols: listeners, limits, TLS, HTTP requests and answers,
/// and which route a request takes.
///
/// In: sockets. Out: for each connection of a [Listener] its [Listener.Protocol]; for each request
/// of an [HttpServer] the handlers that the composition root hands in. What they read and write is
/// none of this package's business: line protocol, SQL, MQTT, a console are one listener or one
/// route more, with the same limits.
///
/// It lives here because `tsdb-storage` is the module that both `tsdb-ingest` and `tsdb-query`
/// stand on, and they do not see each other: each can serve its own protocol by it, and test that
/// over real sockets. Within the module it is a floor that nothing of storage stands on; of the
/// others it uses only what writes JSON texts (`ArchitectureTest`).
///
/// Threads: everything of a connection runs on its event loop ([EventLoops]); handshakes have
/// threads of their own ([TlsHandshakes]).
@NullMarked
package io.tsdb.storage.net;

import org.jspecify.annotations.NullMarked;
