package io.tsdb.query.fragment;

import org.jspecify.annotations.Nullable;

/// A switch by which whoever started a query stops it, from any thread; looked at once per block.
public final class QueryCancellation {
    private final @Nullable QueryCancellation statement;
    private volatile boolean cancelled;

    public QueryCancellation() {
        this(null);
    }

    private QueryCancellation(@Nullable QueryCancellation statement) {
        this.statement = statement;
    }

    /// Of one try to run what this one stops: it can be given up for another try.
    public QueryCancellation attempt() {
        return new QueryCancellation(this);
    }

    /// The query's next step throws a `cancelled` error; there is no other try.
    public void cancel() {
        cancelled = true;
        if (statement != null) {
            statement.cancel();
        }
    }

    /// The try's next step throws a `cancelled` error.
    public void giveUp() {
        cancelled = true;
    }

    public boolean isCancelled() {
        return cancelled || statement != null && statement.isCancelled();
    }
}
