package io.tsdb.query.function.scalar;

import io.tsdb.query.sql.Interval;

import java.time.LocalDate;

/// Cuts time into buckets of one width, each named by its start: what `time_bucket` does.
///
/// A width of months follows the calendar (UTC) and starts at midnight of a month's first day.
/// Buckets are numbered; number 0 holds the origin or lies at its first grid point after the epoch.
///
/// @param widthMonths 0 when the width is in nanoseconds
/// @param widthNanos 0 when the width is in months
/// @param origin a start of a bucket; months count from its month
public record TimeGrid(long widthMonths, long widthNanos, long origin) {
    /// Origin when none is given, as in DuckDB and TimescaleDB: 2000-01-03, a Monday, so that weeks
    /// begin on Mondays.
    public static final long DEFAULT_ORIGIN = 946_857_600_000_000_000L;

    /// Origin of buckets of months when none is given: 2000-01-01.
    public static final long DEFAULT_MONTH_ORIGIN = 946_684_800_000_000_000L;

    private static final long NANOS_PER_DAY = 86_400_000_000_000L;

    public TimeGrid {
        if (widthMonths < 0 || widthNanos < 0 || (widthMonths == 0) == (widthNanos == 0)) {
            throw new IllegalArgumentException(
                    "a bucket's width is a positive number of months or of nanoseconds, not "
                            + widthMonths
                            + " and "
                            + widthNanos);
        }
    }

    /// A grid with the default origin.
    public static TimeGrid of(Interval width) {
        return new TimeGrid(
                width.months(),
                width.nanos(),
                width.months() > 0 ? DEFAULT_MONTH_ORIGIN : DEFAULT_ORIGIN);
    }

    /// Number of the bucket that holds the time; grows with time.
    public long index(long timeNanos) {
        if (widthMonths > 0) {
            return Math.floorDiv(month(timeNanos) - month(origin), widthMonths);
        }
        long offset = Math.floorMod(origin, widthNanos);
        long shifted = timeNanos - offset;
        if (shifted > timeNanos) {
            // below the lowest time: the bucket before the one that holds the lowest time + offset
            return Math.floorDiv(timeNanos, widthNanos) - 1;
        }
        return Math.floorDiv(shifted, widthNanos);
    }

    /// First time of a bucket; the lowest or highest time where 64 bits do not hold it.
    public long start(long index) {
        if (widthMonths > 0) {
            return monthStart(month(origin) + index * widthMonths);
        }
        long offset = Math.floorMod(origin, widthNanos);
        long high = Math.multiplyHigh(index, widthNanos);
        long low = index * widthNanos;
        long start = low + offset;
        boolean fits = high == low >> 63 && (start >= low);
        if (fits) {
            return start;
        }
        if (index < 0) {
            // the offset may bring it back into range
            boolean brought = high == -1 && low >= 0 && start < 0;
            return brought ? start : Long.MIN_VALUE;
        }
        return Long.MAX_VALUE;
    }

    private static long month(long timeNanos) {
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(timeNanos, NANOS_PER_DAY));
        return (day.getYear() - 1970) * 12L + day.getMonthValue() - 1;
    }

    private static long monthStart(long month) {
        // beyond these the start does not fit into 64 bits of nanoseconds
        if (month < month(Long.MIN_VALUE) + 1) {
            return Long.MIN_VALUE;
        }
        if (month > month(Long.MAX_VALUE)) {
            return Long.MAX_VALUE;
        }
        long year = 1970 + Math.floorDiv(month, 12L);
        int monthOfYear = (int) Math.floorMod(month, 12L) + 1;
        return LocalDate.of((int) year, monthOfYear, 1).toEpochDay() * NANOS_PER_DAY;
    }
}
