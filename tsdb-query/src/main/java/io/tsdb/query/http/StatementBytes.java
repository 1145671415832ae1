package io.tsdb.query.http;

import java.util.concurrent.atomic.AtomicLong;

/// Memory of the bodies of query requests, from their first byte until the statement has run;
/// bounded across all connections. Any thread.
///
/// The last quarter is for small bodies alone, so that a few large ones that arrive slowly stop no
/// ordinary statement.
public final class StatementBytes {
    /// A body that counts as small, in bytes.
    static final long SMALL_MAX = 64L << 10;

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    /// @param limit bytes; at least a few of the largest bodies
    public StatementBytes(long limit) {
        if (limit < RequestCollector.BODY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "bodies of statements need room for one of "
                            + RequestCollector.BODY_BYTES_MAX
                            + " bytes, the limit is "
                            + limit);
        }
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    public long reserved() {
        return reserved.get();
    }

    /// @param held by this body already
    /// @return false when there is no room; then nothing more is reserved
    boolean tryReserve(long held, long more) {
        long mostOfAll = held + more > SMALL_MAX ? limit - limit / 4 : limit;
        if (reserved.addAndGet(more) > mostOfAll) {
            reserved.addAndGet(-more);
            return false;
        }
        return true;
    }

    void release(long bytes) {
        if (reserved.addAndGet(-bytes) < 0) {
            throw new IllegalStateException("BUG: more statement bytes released than reserved");
        }
    }
}
