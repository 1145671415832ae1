package io.tsdb.storage.net;

import java.time.Duration;

/// How slowly a client may send before its connection is closed.
///
/// @param idle longest silence between requests, within a body, and while an answer is not taken
/// @param head longest time from the first byte of a request to the end of its headers
/// @param bodyGrace the rate of a body is looked at this often, each stretch for itself
/// @param bodyBytesPerSecondMin least average rate of a body in each
public record ArrivalLimits(
        Duration idle, Duration head, Duration bodyGrace, int bodyBytesPerSecondMin) {
    /// 60 s idle, 10 s for the head, 512 B/s in each 30 s.
    public static final ArrivalLimits DEFAULT =
            new ArrivalLimits(
                    Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30), 512);

    public ArrivalLimits {
        positive("idle", idle);
        positive("head", head);
        positive("bodyGrace", bodyGrace);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "arrival limit " + name + " must be positive: " + value);
        }
    }

    /// How often a connection is looked at: limits hold to this precision.
    long checkIntervalNanos() {
        long shortest = Math.min(idle.toNanos(), Math.min(head.toNanos(), bodyGrace.toNanos()));
        return Math.max(10_000_000L, shortest / 4);
    }
}
