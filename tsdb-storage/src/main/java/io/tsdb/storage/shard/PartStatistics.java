package io.tsdb.storage.shard;

import io.tsdb.storage.model.DurationHistogram;

import java.util.concurrent.atomic.LongAdder;

/// What flushes and compactions wrote since the start, over all shards of a store.
public final class PartStatistics {
    final LongAdder flushedBytes = new LongAdder();
    final LongAdder flushFailures = new LongAdder();
    final LongAdder compactedBytes = new LongAdder();
    final LongAdder compactions = new LongAdder();
    final LongAdder compactionsUnderWay = new LongAdder();
    final LongAdder compactionFailures = new LongAdder();

    final LongAdder expiredRows = new LongAdder();

    final DurationHistogram flushDurations = new DurationHistogram();
    final DurationHistogram compactionDurations = new DurationHistogram();

    PartStatistics() {}

    /// How long it took to write heads as parts.
    public DurationHistogram flushDurations() {
        return flushDurations;
    }

    /// How long it took to merge parts.
    public DurationHistogram compactionDurations() {
        return compactionDurations;
    }

    /// Bytes of parts that flushes wrote.
    public long flushedBytes() {
        return flushedBytes.sum();
    }

    /// Rounds of flushes that failed, with all or with some measurements; they are tried again.
    public long flushFailureCount() {
        return flushFailures.sum();
    }

    /// Bytes of parts that compactions wrote.
    public long compactedBytes() {
        return compactedBytes.sum();
    }

    /// Compactions that replaced their inputs.
    public long compactionCount() {
        return compactions.sum();
    }

    /// Compactions that read or write parts just now.
    public long compactionsUnderWay() {
        return compactionsUnderWay.sum();
    }

    /// Compactions that failed; their inputs stay.
    public long compactionFailureCount() {
        return compactionFailures.sum();
    }

    /// Rows of parts that were removed because all their rows were older than the retention.
    public long expiredRowCount() {
        return expiredRows.sum();
    }

    /// Bytes of parts written for each byte flushed; 1 before anything was compacted.
    public double writeAmplification() {
        long flushed = flushedBytes();
        return flushed == 0 ? 1 : (double) (flushed + compactedBytes()) / flushed;
    }
}
