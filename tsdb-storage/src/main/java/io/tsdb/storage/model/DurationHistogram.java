package io.tsdb.storage.model;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How often something took how long, since the start: counts between fixed bounds. Any thread; a
/// count takes no lock and makes no object.
public final class DurationHistogram {
    /// Upper bounds, ascending; what takes longer than the last one is counted behind it.
    private static final long[] BOUNDS_MICROS = {
        100,
        250,
        500,
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000,
        60_000_000
    };

    private final LongAdder[] counts = new LongAdder[BOUNDS_MICROS.length + 1];
    private final LongAdder nanosTotal = new LongAdder();

    public DurationHistogram() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /// What was counted until a moment.
    ///
    /// @param boundNanos upper bounds, ascending, the last one [Long#MAX_VALUE]; not to be changed
    /// @param counts durations up to the bound and above the one before it; not to be changed
    public record Snapshot(long[] boundNanos, long[] counts, long nanosTotal) {
        public long count() {
            long count = 0;
            for (long one : counts) {
                count += one;
            }
            return count;
        }
    }

    /// Counts one.
    public void record(long nanos) {
        int at = 0;
        while (at < BOUNDS_MICROS.length && nanos > BOUNDS_MICROS[at] * 1_000) {
            at++;
        }
        counts[at].increment();
        nanosTotal.add(nanos);
    }

    public Snapshot snapshot() {
        long[] bounds = new long[counts.length];
        long[] values = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            bounds[i] =
                    i < BOUNDS_MICROS.length
                            ? TimeUnit.MICROSECONDS.toNanos(BOUNDS_MICROS[i])
                            : Long.MAX_VALUE;
            values[i] = counts[i].sum();
        }
        return new Snapshot(bounds, values, nanosTotal.sum());
    }
}
