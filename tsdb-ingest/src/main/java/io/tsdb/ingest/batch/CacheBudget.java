package io.tsdb.ingest.batch;

import java.util.concurrent.atomic.AtomicLong;

/// Memory that the series caches of all connections of a node share.
///
/// Asked when an array grows, which a cache does a few times in its life, so lines cost nothing.
/// What a cache begins with (7 KiB) is not counted: connections are limited in number. Any thread.
public final class CacheBudget {
    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    public CacheBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    public static CacheBudget unlimited() {
        return new CacheBudget(Long.MAX_VALUE);
    }

    public long usedBytes() {
        return used.get();
    }

    public long limitBytes() {
        return limitBytes;
    }

    /// @return false when there is no room; nothing is taken then
    boolean tryTake(long bytes) {
        long before = used.get();
        while (bytes <= limitBytes - before) {
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }
}
