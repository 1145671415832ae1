package io.tsdb.storage.schema;

/// How long rows are kept: those whose time lies further back are not seen any more, and go.
///
/// @param nanos above 0; [#INHERITED] and [#FOREVER] are no lengths
public record Retention(long nanos) {
    /// Of a measurement: as its database has it. Of a database: for ever.
    public static final Retention INHERITED = new Retention(0);

    public static final Retention FOREVER = new Retention(Long.MAX_VALUE);

    private static final long[] UNIT_NANOS = {
        86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L
    };

    private static final String[] UNITS = {"d", "h", "m", "s", "ms", "us"};

    public Retention {
        if (nanos < 0) {
            throw new IllegalArgumentException("a retention of " + nanos + " ns");
        }
    }

    public boolean isInherited() {
        return nanos == INHERITED.nanos;
    }

    /// Whether rows go at all.
    public boolean isLimited() {
        return nanos != INHERITED.nanos && nanos != FOREVER.nanos;
    }

    /// The oldest time that is kept, nanoseconds; the first of all when rows do not go.
    public long oldest(long nowNanos) {
        long oldest = nowNanos - nanos;
        boolean passed = nowNanos < 0 && oldest > 0;
        return !isLimited() || passed ? Long.MIN_VALUE : oldest;
    }

    /// As it is written in SQL: `30d`, `1h30m`, `none`.
    public String text() {
        if (!isLimited()) {
            return "none";
        }
        var text = new StringBuilder();
        long rest = nanos;
        for (int i = 0; i < UNITS.length; i++) {
            if (rest >= UNIT_NANOS[i]) {
                text.append(rest / UNIT_NANOS[i]).append(UNITS[i]);
                rest %= UNIT_NANOS[i];
            }
        }
        return rest > 0 ? text.append(rest).append("ns").toString() : text.toString();
    }
}
