package io.tsdb.cluster.rebalance;

import io.tsdb.storage.model.Ticker;

import java.util.concurrent.TimeUnit;

/// Keeps copies of replicas below a rate, so that they take no more of the disks and of the network
/// than they may. One thread.
final class CopyRate {
    private final long bytesPerSecond;
    private final Ticker ticker;
    private long dueNanos;

    CopyRate(long bytesPerSecond, Ticker ticker) {
        this.bytesPerSecond = bytesPerSecond;
        this.ticker = ticker;
        this.dueNanos = ticker.nanos();
    }

    /// Waits until so many bytes more may follow what was counted before.
    void await(long bytes) throws InterruptedException {
        long now = ticker.nanos();
        dueNanos = Math.max(dueNanos, now) + waitNanos(bytes);
        TimeUnit.NANOSECONDS.sleep(dueNanos - now);
    }

    long waitNanos(long bytes) {
        return (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
    }
}
