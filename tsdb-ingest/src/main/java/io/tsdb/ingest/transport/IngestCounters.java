package io.tsdb.ingest.transport;

import java.util.concurrent.atomic.LongAdder;

/// What went over the network edge since start; the node exposes these as metrics. Any thread.
public final class IngestCounters {
    /// Connections accepted, of both servers.
    public final LongAdder connectionsAccepted = new LongAdder();

    /// Connections refused because the limit was reached.
    public final LongAdder connectionsRefused = new LongAdder();

    /// Connections open now.
    public final LongAdder connectionsOpen = new LongAdder();

    /// Connections closed because the client sent nothing, or too slowly.
    public final LongAdder connectionsTimedOut = new LongAdder();

    /// HTTP requests whose head was read, all endpoints.
    public final LongAdder httpRequests = new LongAdder();

    /// HTTP answers with status 4xx, all endpoints.
    public final LongAdder httpClientErrors = new LongAdder();

    /// HTTP answers with status 5xx, all endpoints.
    public final LongAdder httpServerErrors = new LongAdder();

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
