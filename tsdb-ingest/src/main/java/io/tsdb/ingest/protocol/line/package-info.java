/// Line protocol, as `docs/protocol/line.md` says it.
///
/// In: bytes as clients send them. Out: rows in [io.tsdb.ingest.batch.BatchBuilder], refused lines
/// as [io.tsdb.ingest.protocol.LineError]s. [FastLineParser] takes the lines that most clients
/// send; every other one goes through [LineEndScanner] and [CarefulLineParser], which are the
/// reference. One thread per decoder.
@NullMarked
package io.tsdb.ingest.protocol.line;

import org.jspecify.annotations.NullMarked;
