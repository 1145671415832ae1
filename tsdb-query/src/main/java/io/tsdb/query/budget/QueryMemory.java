package io.tsdb.query.budget;

import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.concurrent.atomic.AtomicLong;

/// What one query holds of its node's memory. Any thread; fields without modifier belong to the
/// lock of [MemoryBudget].
public final class QueryMemory implements AutoCloseable {
    private final MemoryBudget budget;
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong heldMax = new AtomicLong();
    private volatile boolean isClosed;
    final MemoryBudget.Patience patience;
    int waiters;
    boolean givesUp;

    QueryMemory(MemoryBudget budget, long bytesMax, MemoryBudget.Patience patience) {
        this.budget = budget;
        this.bytesMax = bytesMax;
        this.patience = patience;
    }

    /// A new account of this query, for one thread at a time.
    public MemoryAccount account() {
        return new MemoryAccount(this);
    }

    void checkLimit(long more) {
        if (more > bytesMax - held.get()) {
            throw budget.tooLarge(bytesMax, "one query");
        }
    }

    void look() {
        requireOpen();
        patience.check();
    }

    private void requireOpen() {
        if (isClosed) {
            throw new QueryException(
                    QueryErrorCode.CANCELLED, Position.NONE, "the query has ended");
        }
    }

    void take(long bytes) {
        requireOpen();
        checkLimit(bytes);
        budget.take(this, bytes);
    }

    void give(long bytes) {
        if (!isClosed) {
            budget.give(this, bytes);
        }
    }

    void granted(long bytes) {
        heldMax.accumulateAndGet(held.addAndGet(bytes), Math::max);
    }

    public long heldBytes() {
        return held.get();
    }

    /// Most that it held at once.
    public long heldBytesMax() {
        return heldMax.get();
    }

    /// Most that the query may hold.
    public long bytesMax() {
        return bytesMax;
    }

    /// Gives everything back; after the query's last thread is done.
    @Override
    public void close() {
        isClosed = true;
        budget.leave(this);
    }
}
