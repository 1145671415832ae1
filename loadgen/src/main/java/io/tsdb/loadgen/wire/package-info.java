/// Wire protocols, by hand over blocking sockets, so that the client costs little beside the server
/// on the same machine.
///
/// In: batches of line protocol, SQL text. Out: bytes on a connection, [Answer]s, rows. Threads: a
/// connection belongs to one. Spec: HTTP/1.1 (RFC 9112) with keep-alive, Content-Length and chunked
/// answers; line protocol over TCP has no answers.
@NullMarked
package io.tsdb.loadgen.wire;

import org.jspecify.annotations.NullMarked;
