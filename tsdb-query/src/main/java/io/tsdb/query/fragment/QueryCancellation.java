package io.tsdb.query.fragment;

/// A switch by which whoever started a query stops it, from any thread; looked at once per block.
public final class QueryCancellation {
    private volatile boolean cancelled;

    /// The query's next step throws a `cancelled` error.
    public void cancel() {
        cancelled = true;
    }

    public boolean isCancelled() {
        return cancelled;
    }
}
