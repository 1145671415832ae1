package io.tsdb.query.function.scalar;

import java.time.LocalDate;

/// Days and times of day of times in UTC. Keeps the last day that was asked for, so that neighbours
/// cost little. One thread.
public final class CalendarTime {
    static final long NANOS_PER_DAY = 86_400_000_000_000L;

    private long day = Long.MIN_VALUE;
    private LocalDate date = LocalDate.EPOCH;

    /// A time moved by months of the calendar: the time of day stays, as does the day of the month,
    /// but for one that the month lacks, which becomes its last one.
    ///
    /// @throws ArithmeticException when 64 bits do not hold it, as [java.time.DateTimeException]
    public static long plusMonths(long timeNanos, long months) {
        return new CalendarTime().moved(timeNanos, months);
    }

    /// As [#plusMonths].
    long moved(long timeNanos, long months) {
        return timeExact(date(timeNanos).plusMonths(months).toEpochDay(), nanoOfDay(timeNanos));
    }

    LocalDate date(long timeNanos) {
        long of = Math.floorDiv(timeNanos, NANOS_PER_DAY);
        if (of != day) {
            day = of;
            date = LocalDate.ofEpochDay(of);
        }
        return date;
    }

    /// The time of a day, counted from 1970-01-01.
    ///
    /// @throws ArithmeticException when 64 bits do not hold it
    static long timeExact(long day, long nanoOfDay) {
        // the first day of all is not a whole one: below zero from the next day's start down
        return day < 0
                ? Math.addExact(
                        Math.multiplyExact(day + 1, NANOS_PER_DAY), nanoOfDay - NANOS_PER_DAY)
                : Math.addExact(Math.multiplyExact(day, NANOS_PER_DAY), nanoOfDay);
    }

    static long nanoOfDay(long timeNanos) {
        return Math.floorMod(timeNanos, NANOS_PER_DAY);
    }
}
