package io.tsdb.query.budget;

import java.util.concurrent.atomic.AtomicLong;

/// What the threads of one query have computed for together, in all of its tries. Any thread.
public final class ComputeTime {
    private static final int NO_PLACE = -1;

    private final AtomicLong nanos = new AtomicLong();

    /// Among the queries that need turns, by when they needed the first one: set once under the
    /// lock of [ComputeTurns], before any of its threads has a turn.
    private long place = NO_PLACE;

    /// @return with what there was before
    long add(long spentNanos) {
        return nanos.addAndGet(spentNanos);
    }

    boolean hasPlace() {
        return place != NO_PLACE;
    }

    void setPlace(long place) {
        this.place = place;
    }

    long place() {
        return place;
    }
}
