package io.tsdb.ingest.protocol;

import java.util.Optional;

/// Unit of the timestamps in a request.
public enum Precision {
    NS(1),
    US(1_000),
    MS(1_000_000),
    S(1_000_000_000),
    M(60_000_000_000L),
    H(3_600_000_000_000L),
    /// Guessed per line from the magnitude: below 5e9 seconds, 5e12 milliseconds, 5e15
    /// microseconds, else nanoseconds.
    AUTO(1);

    /// Earliest time a point can have.
    public static final long TIME_MIN_NANOS = Long.MIN_VALUE + 2;

    /// Latest time a point can have.
    public static final long TIME_MAX_NANOS = Long.MAX_VALUE - 1;

    /// [#toNanos] of a timestamp that is no time a point can have.
    public static final long OUT_OF_RANGE = Long.MIN_VALUE;

    private static final long SECONDS_BELOW = 5_000_000_000L;
    private static final long MILLIS_BELOW = 5_000_000_000_000L;
    private static final long MICROS_BELOW = 5_000_000_000_000_000L;

    private final long nanos;

    Precision(long nanos) {
        this.nanos = nanos;
    }

    /// Reads every spelling that a supported client sends, in any endpoint; an endpoint that is
    /// stricter refuses the rest itself.
    ///
    /// @param text for instance `ms` or `millisecond`; not empty (what an absent precision means is
    ///   the endpoint's)
    public static Optional<Precision> parse(String text) {
        return switch (text) {
            case "n", "ns", "nanosecond" -> Optional.of(NS);
            case "u", "us", "\u00b5", "\u03bc", "\u00b5s", "\u03bcs", "microsecond" ->
                    Optional.of(US);
            case "ms", "millisecond" -> Optional.of(MS);
            case "s", "second" -> Optional.of(S);
            case "m" -> Optional.of(M);
            case "h" -> Optional.of(H);
            case "auto" -> Optional.of(AUTO);
            default -> Optional.empty();
        };
    }

    /// @return nanoseconds since the epoch, or [#OUT_OF_RANGE]
    public long toNanos(long timestamp) {
        if (this == NS) {
            return timestamp < TIME_MIN_NANOS || timestamp > TIME_MAX_NANOS
                    ? OUT_OF_RANGE
                    : timestamp;
        }
        return scaled(timestamp, this == AUTO ? guess(timestamp).nanos : nanos);
    }

    /// The server time of a request as a timestamp of this precision would say it.
    public long truncate(long timeNanos) {
        return timeNanos - Math.floorMod(timeNanos, nanos);
    }

    private static long scaled(long timestamp, long nanos) {
        long product = timestamp * nanos;
        boolean wraps = Math.multiplyHigh(timestamp, nanos) != product >> 63;
        return wraps || product < TIME_MIN_NANOS || product > TIME_MAX_NANOS
                ? OUT_OF_RANGE
                : product;
    }

    private static Precision guess(long timestamp) {
        if (timestamp > -SECONDS_BELOW && timestamp < SECONDS_BELOW) {
            return S;
        }
        if (timestamp > -MILLIS_BELOW && timestamp < MILLIS_BELOW) {
            return MS;
        }
        return timestamp > -MICROS_BELOW && timestamp < MICROS_BELOW ? US : NS;
    }
}
