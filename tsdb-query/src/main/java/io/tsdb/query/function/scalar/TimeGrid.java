package io.tsdb.query.function.scalar;

import io.tsdb.query.sql.Interval;

import org.jspecify.annotations.Nullable;

import java.time.LocalDate;

/// Cuts time into buckets of one width, each named by its start: what `time_bucket` does.
///
/// A width of months follows the calendar: buckets start on the origin's day of the month and at
/// its time of day, or on a month's last day when it lacks that one. Buckets are numbered in the
/// order of time.
///
/// With a clock, buckets start where it shows the start of one, the first time that it does: a day
/// may have 23 or 25 hours. Where it skips one, that bucket and the one before may be empty.
///
/// @param widthMonths 0 when the width is in nanoseconds
/// @param widthNanos 0 when the width is in months
/// @param origin a start of a bucket; what the clock shows then, if there is a clock
/// @param clock null for UTC
public record TimeGrid(long widthMonths, long widthNanos, long origin, @Nullable WallClock clock) {
    /// Origin when none is given, as in DuckDB and TimescaleDB: 2000-01-03, a Monday, so that weeks
    /// begin on Mondays.
    public static final long DEFAULT_ORIGIN = 946_857_600_000_000_000L;

    /// Origin of buckets of months when none is given: 2000-01-01.
    public static final long DEFAULT_MONTH_ORIGIN = 946_684_800_000_000_000L;

    public TimeGrid {
        if (widthMonths < 0 || widthNanos < 0 || (widthMonths == 0) == (widthNanos == 0)) {
            throw new IllegalArgumentException(
                    "a bucket's width is a positive number of months or of nanoseconds, not "
                            + widthMonths
                            + " and "
                            + widthNanos);
        }
    }

    /// A grid of UTC.
    public TimeGrid(long widthMonths, long widthNanos, long origin) {
        this(widthMonths, widthNanos, origin, null);
    }

    /// A grid of a time zone.
    ///
    /// Days, months and what divides a day follow its clocks. Other widths, and those by which all
    /// shifts of the clocks can be divided (an hour, in most zones), count real time, so that an
    /// hour that the clocks show twice is two buckets.
    ///
    /// @param origin a start of a bucket; null for the default one, as the clock shows it
    public static TimeGrid inZone(Interval width, WallClock clock, @Nullable Long origin) {
        long shown = origin == null ? defaultOrigin(width) : clock.toLocal(origin);
        boolean isPartOfDay = width.months() == 0 && width.nanos() < CalendarTime.NANOS_PER_DAY;
        boolean isReal = CalendarTime.NANOS_PER_DAY % Math.max(1, width.nanos()) != 0;
        if (isPartOfDay && (isReal || clock.isSteady(width.nanos()))) {
            return new TimeGrid(0, width.nanos(), origin == null ? clock.toTime(shown) : origin);
        }
        return new TimeGrid(width.months(), width.nanos(), shown, clock);
    }

    private static long defaultOrigin(Interval width) {
        return width.months() > 0 ? DEFAULT_MONTH_ORIGIN : DEFAULT_ORIGIN;
    }

    /// A grid of UTC with the default origin.
    public static TimeGrid of(Interval width) {
        return new TimeGrid(width.months(), width.nanos(), defaultOrigin(width));
    }

    /// Number of the bucket that holds the time; grows with time.
    public long index(long timeNanos) {
        if (clock == null) {
            return shownIndex(timeNanos);
        }
        long index = shownIndex(clock.toLocal(timeNanos));
        long next = next(index);
        boolean isIn = start(index) <= timeNanos && (timeNanos < next || next == Long.MAX_VALUE);
        return isIn ? index : search(timeNanos, index);
    }

    /// The last bucket that starts not after the time; the clock was shifted nearby.
    private long search(long timeNanos, long near) {
        long shift = widthMonths > 0 ? 1 : CalendarTime.NANOS_PER_DAY / widthNanos + 1;
        long low = near - shift;
        long high = near + shift;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (start(middle) <= timeNanos) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long shownIndex(long timeNanos) {
        if (widthMonths > 0) {
            long index = Math.floorDiv(month(timeNanos) - month(origin), widthMonths);
            return timeNanos < monthStart(index) ? index - 1 : index;
        }
        long whole = Math.floorDiv(timeNanos, widthNanos);
        long rest = timeNanos - whole * widthNanos;
        return rest < Math.floorMod(origin, widthNanos) ? whole - 1 : whole;
    }

    /// First time of a bucket; the lowest or highest time where 64 bits do not hold it.
    public long start(long index) {
        long shown = shownStart(index);
        boolean isHeld = shown != Long.MIN_VALUE && shown != Long.MAX_VALUE;
        return clock == null || !isHeld ? shown : clock.toTime(shown);
    }

    private long shownStart(long index) {
        if (widthMonths > 0) {
            return monthStart(index);
        }
        long product = index * widthNanos;
        long start = product + Math.floorMod(origin, widthNanos);
        // the sum in 128 bits: the offset is not negative, so it carries when the low word wraps
        long carry = Long.compareUnsigned(start, product) < 0 ? 1 : 0;
        long high = Math.multiplyHigh(index, widthNanos) + carry;
        return high == start >> 63 ? start : high < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /// First time behind a bucket; the highest time where there is none.
    public long next(long index) {
        return index == Long.MAX_VALUE ? Long.MAX_VALUE : start(index + 1);
    }

    private static long month(long timeNanos) {
        LocalDate day = day(timeNanos);
        return (day.getYear() - 1970) * 12L + day.getMonthValue() - 1;
    }

    private static LocalDate day(long timeNanos) {
        return LocalDate.ofEpochDay(Math.floorDiv(timeNanos, CalendarTime.NANOS_PER_DAY));
    }

    /// The origin moved by months: day of the month and time of day stay, but for a day that the
    /// month lacks, which becomes its last one.
    private long monthStart(long index) {
        long month;
        try {
            month = Math.addExact(month(origin), Math.multiplyExact(index, widthMonths));
        } catch (ArithmeticException _) {
            return index < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        if (month < month(Long.MIN_VALUE)) {
            return Long.MIN_VALUE;
        }
        if (month > month(Long.MAX_VALUE)) {
            return Long.MAX_VALUE;
        }
        LocalDate first =
                LocalDate.of(
                        (int) (1970 + Math.floorDiv(month, 12L)),
                        (int) Math.floorMod(month, 12L) + 1,
                        1);
        int dayOfMonth = Math.min(day(origin).getDayOfMonth(), first.lengthOfMonth());
        long days = first.withDayOfMonth(dayOfMonth).toEpochDay();
        try {
            return CalendarTime.timeExact(days, CalendarTime.nanoOfDay(origin));
        } catch (ArithmeticException _) {
            return days < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
