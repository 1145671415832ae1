package io.tsdb.ingest.transport;

import java.util.concurrent.atomic.LongAdder;

/// What was written since start; the node exposes these as metrics. Any thread.
public final class IngestCounters {
    /// Write requests answered, whatever the answer.
    public final LongAdder writeRequests = new LongAdder();

    /// Bytes of write bodies as sent (compressed).
    public final LongAdder writeBytesRaw = new LongAdder();

    /// Bytes of line protocol after inflation, HTTP and TCP.
    public final LongAdder lineBytes = new LongAdder();

    /// Lines acknowledged.
    public final LongAdder linesWritten = new LongAdder();

    /// Lines refused: not parsed, type conflict, limit.
    public final LongAdder linesRefused = new LongAdder();

    /// Write requests answered 503 because too many points waited or the node was overloaded.
    public final LongAdder writesOverloaded = new LongAdder();

    /// Writes that the log failed on.
    public final LongAdder writesFailed = new LongAdder();

    /// Lines read from TCP that could not be written because the log failed.
    public final LongAdder tcpLinesLost = new LongAdder();
}
