package io.tsdb.query.function.scalar;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/// What the clocks of a time zone show: times as nanoseconds, local ones as if they were UTC. Times
/// that 64 bits do not hold become the lowest or highest one.
public record WallClock(ZoneId zone) {
    private static final long SECOND = 1_000_000_000L;

    /// What the clocks show at a time.
    public long toLocal(long timeNanos) {
        return shifted(timeNanos, offset(timeNanos));
    }

    /// What the clocks show at a time.
    ///
    /// @throws ArithmeticException when 64 bits do not hold it
    long toLocalExact(long timeNanos) {
        return Math.addExact(timeNanos, offset(timeNanos));
    }

    /// As [#toTime].
    ///
    /// @throws ArithmeticException when 64 bits do not hold it
    long toTimeExact(long localNanos) {
        long time = toTime(localNanos);
        boolean isEdge = time == Long.MIN_VALUE || time == Long.MAX_VALUE;
        if (isEdge && toLocal(time) != localNanos) {
            throw new ArithmeticException("time out of range");
        }
        return time;
    }

    /// Nanoseconds by which the clocks are ahead of UTC at a time.
    public long offset(long timeNanos) {
        Instant time = Instant.ofEpochSecond(Math.floorDiv(timeNanos, SECOND));
        return zone.getRules().getOffset(time).getTotalSeconds() * SECOND;
    }

    /// The first time at which the clocks show this; where they skip it, the time of the skip.
    public long toTime(long localNanos) {
        ZoneRules rules = zone.getRules();
        long seconds = Math.floorDiv(localNanos, SECOND);
        var local =
                LocalDateTime.ofEpochSecond(
                        seconds, Math.floorMod(localNanos, (int) SECOND), ZoneOffset.UTC);
        ZoneOffsetTransition shift = rules.getTransition(local);
        if (shift == null) {
            return shifted(localNanos, -rules.getOffset(local).getTotalSeconds() * SECOND);
        }
        if (shift.isGap()) {
            return shift.toEpochSecond() * SECOND;
        }
        return shifted(localNanos, -shift.getOffsetBefore().getTotalSeconds() * SECOND);
    }

    private static long shifted(long nanos, long by) {
        long sum = nanos + by;
        boolean wrapped = ((nanos ^ sum) & (by ^ sum)) < 0;
        return wrapped ? by < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : sum;
    }

    /// Whether what the clocks were ahead of UTC since 1970 differs by whole multiples of a length
    /// only, so that a grid of that length is the same all the time.
    boolean isSteady(long lengthNanos) {
        ZoneRules rules = zone.getRules();
        long first = offset(0);
        boolean steady =
                rules.getTransitions().stream()
                        .filter(shift -> shift.toEpochSecond() >= 0)
                        .allMatch(s -> isMultiple(first, s.getOffsetAfter(), lengthNanos));
        return steady
                && rules.getTransitionRules().stream()
                        .allMatch(r -> isMultiple(first, r.getOffsetAfter(), lengthNanos));
    }

    private static boolean isMultiple(long first, ZoneOffset offset, long lengthNanos) {
        return (offset.getTotalSeconds() * SECOND - first) % lengthNanos == 0;
    }
}
