package io.tsdb.query.sql;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Periods of the calendar as text, in UTC: `2026`, `2026-11`, `2026-11-23`, `2026-11-23T10`,
/// `2026-11-23T10:20`, `2026-11-23T10:20:30`; behind `;` an interval by which it lasts longer.
///
/// @param fromNanos its first time
/// @param toNanos first time behind it
public record PeriodText(long fromNanos, long toNanos) {
    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{4})(?:-(\\d{2})(?:-(\\d{2})(?:[Tt"
                            + " ](\\d{2})(?::(\\d{2})(?::(\\d{2}))?)?)?)?)?[Zz]?(?:;(.+))?");

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long FIRST_SECOND = Long.MIN_VALUE / NANOS_PER_SECOND;
    private static final long LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND;

    private static final ChronoUnit[] UNITS = {
        ChronoUnit.YEARS,
        ChronoUnit.MONTHS,
        ChronoUnit.DAYS,
        ChronoUnit.HOURS,
        ChronoUnit.MINUTES,
        ChronoUnit.SECONDS
    };

    /// @return empty when the text is no period; times out of range become the lowest or highest
    ///   one
    public static Optional<PeriodText> parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        String more = form.group(7);
        Optional<Interval> longer =
                more == null ? Optional.of(new Interval(0, 0)) : Interval.parse(more);
        if (longer.isEmpty()) {
            return Optional.empty();
        }
        int unit = 0;
        while (unit + 1 < UNITS.length && form.group(unit + 2) != null) {
            unit++;
        }
        try {
            LocalDateTime from =
                    LocalDateTime.of(
                            number(form, 1, 0),
                            number(form, 2, 1),
                            number(form, 3, 1),
                            number(form, 4, 0),
                            number(form, 5, 0),
                            number(form, 6, 0));
            LocalDateTime to =
                    from.plus(1, UNITS[unit])
                            .plusMonths(longer.get().months())
                            .plusNanos(longer.get().nanos());
            long end = nanos(to);
            long start = nanos(from);
            return start <= end ? Optional.of(new PeriodText(start, end)) : Optional.empty();
        } catch (DateTimeException | ArithmeticException _) {
            return Optional.empty();
        }
    }

    /// Whether a text says that its period is of UTC.
    public static boolean namesZone(String text) {
        int end = text.indexOf(';');
        String period = (end < 0 ? text : text.substring(0, end)).strip();
        return period.endsWith("Z") || period.endsWith("z");
    }

    private static int number(Matcher form, int group, int absent) {
        String digits = form.group(group);
        return digits == null ? absent : Integer.parseInt(digits);
    }

    private static long nanos(LocalDateTime time) {
        long seconds = time.toEpochSecond(ZoneOffset.UTC);
        if (seconds < FIRST_SECOND) {
            return Long.MIN_VALUE;
        }
        if (seconds > LAST_SECOND) {
            return Long.MAX_VALUE;
        }
        long start = seconds * NANOS_PER_SECOND;
        return start > Long.MAX_VALUE - time.getNano() ? Long.MAX_VALUE : start + time.getNano();
    }

    /// Whether no time that there is lies within.
    public boolean isOutOfRange() {
        return fromNanos == Long.MAX_VALUE || toNanos == Long.MIN_VALUE;
    }
}
