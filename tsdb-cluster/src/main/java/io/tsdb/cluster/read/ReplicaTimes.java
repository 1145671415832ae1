package io.tsdb.cluster.read;

import java.time.Duration;
import java.util.Arrays;

/// How long replicas took to answer of late, and so how long one waits before another is asked too.
/// Any thread.
final class ReplicaTimes {
    private static final int KEPT = 128;
    private static final int KNOWN_MIN = 8;
    private static final double SHARE = 0.95;

    private final Duration least;
    private final Duration most;
    private final int factor;
    private final long[] nanos = new long[KEPT];
    private int known;
    private int next;

    /// @param factor of what all but the slowest took
    /// @param most also what is waited while nothing is known
    ReplicaTimes(int factor, Duration least, Duration most) {
        this.factor = factor;
        this.least = least;
        this.most = most;
    }

    synchronized void add(long tookNanos) {
        nanos[next] = tookNanos;
        next = (next + 1) % KEPT;
        known = Math.min(known + 1, KEPT);
    }

    /// After so long another replica is asked.
    synchronized Duration patience() {
        if (known < KNOWN_MIN) {
            return most;
        }
        long[] sorted = Arrays.copyOf(nanos, known);
        Arrays.sort(sorted);
        Duration usual = Duration.ofNanos(factor * sorted[(int) (SHARE * (known - 1))]);
        return usual.compareTo(least) < 0 ? least : usual.compareTo(most) > 0 ? most : usual;
    }
}
