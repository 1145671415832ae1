package io.tsdb.ingest.transport;

import java.util.concurrent.atomic.AtomicLong;

/// Memory taken by points that were received and are not yet acknowledged, bounded across all
/// connections of the node. Any thread.
public final class WaitingBytes {
    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    /// @param limit bytes
    public WaitingBytes(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("waiting bytes must be positive: " + limit);
        }
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    public long reserved() {
        return reserved.get();
    }

    /// @return false when the limit would be passed; then nothing is reserved
    boolean tryReserve(long bytes) {
        if (reserved.addAndGet(bytes) > limit) {
            reserved.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /// Takes what is already allocated into account, above the limit if need be.
    void reserveAnyway(long bytes) {
        reserved.addAndGet(bytes);
    }

    void release(long bytes) {
        if (reserved.addAndGet(-bytes) < 0) {
            throw new IllegalStateException("BUG: more waiting bytes released than reserved");
        }
    }
}
