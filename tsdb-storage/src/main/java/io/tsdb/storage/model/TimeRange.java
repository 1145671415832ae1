package io.tsdb.storage.model;

/// Half-open span of time in nanoseconds since the epoch: `[fromNanos, toNanos)`.
///
/// `Long.MAX_VALUE` as end is open: [#contains] then accepts every time from the start on.
public record TimeRange(long fromNanos, long toNanos) {
    public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

    public TimeRange {
        if (fromNanos > toNanos) {
            throw new IllegalArgumentException(
                    "time range ends before it starts: from=" + fromNanos + ", to=" + toNanos);
        }
    }

    public boolean contains(long timeNanos) {
        return timeNanos >= fromNanos && (timeNanos < toNanos || toNanos == Long.MAX_VALUE);
    }

    /// Whether any time in `[minNanos, maxNanos]` (both inclusive) lies in this range.
    public boolean overlaps(long minNanos, long maxNanos) {
        return maxNanos >= fromNanos && (minNanos < toNanos || toNanos == Long.MAX_VALUE);
    }

    /// Whether every time in `[minNanos, maxNanos]` (both inclusive) lies in this range.
    public boolean covers(long minNanos, long maxNanos) {
        return contains(minNanos) && contains(maxNanos);
    }
}
