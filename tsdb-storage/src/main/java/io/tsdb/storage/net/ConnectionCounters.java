package io.tsdb.storage.net;

import java.util.concurrent.atomic.LongAdder;

/// What all listeners of a node count, whatever is spoken on them. Any thread.
public final class ConnectionCounters {
    /// Connections accepted.
    public final LongAdder accepted = new LongAdder();

    /// Connections refused because the limit was reached.
    public final LongAdder refused = new LongAdder();

    /// Connections open now.
    public final LongAdder open = new LongAdder();

    /// Connections closed because the client sent nothing, or too slowly.
    public final LongAdder timedOut = new LongAdder();

    /// HTTP requests whose head was read, all routes.
    public final LongAdder httpRequests = new LongAdder();

    /// HTTP answers with status 4xx, all routes.
    public final LongAdder httpClientErrors = new LongAdder();

    /// HTTP answers with status 5xx, all routes.
    public final LongAdder httpServerErrors = new LongAdder();
}
