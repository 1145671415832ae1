package io.tsdb.ingest.transport;

import java.time.Instant;
import java.time.InstantSource;

/// The time that a point without a timestamp gets: when its request, or its part of a connection,
/// was read.
final class ServerTime {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private ServerTime() {}

    /// Nanoseconds since the epoch.
    static long nanos(InstantSource clock) {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }
}
