package io.tsdb.query.function.scalar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A number that a calendar or a clock has for a time.
enum DatePart {
    MILLENNIUM("millennium"),
    CENTURY("century"),
    DECADE("decade"),
    YEAR("year"),
    ISOYEAR("isoyear"),
    QUARTER("quarter"),
    MONTH("month"),
    WEEK("week"),
    DAY("day"),
    DOY("doy", "dayofyear"),
    DOW("dow", "dayofweek", "weekday"),
    ISODOW("isodow"),
    HOUR("hour"),
    MINUTE("minute"),
    SECOND("second"),
    MILLISECOND("millisecond"),
    MICROSECOND("microsecond"),
    NANOSECOND("nanosecond");

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final List<String> names;

    DatePart(String... names) {
        this.names = List.of(names);
    }

    /// By name, in any letter case, in the singular or plural.
    static Optional<DatePart> of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String one = lower.endsWith("s") ? lower.substring(0, lower.length() - 1) : lower;
        String known =
                switch (one) {
                    case "centurie" -> "century";
                    case "millennia", "millenium" -> "millennium";
                    default -> one;
                };
        return Arrays.stream(values()).filter(p -> p.names.contains(known)).findFirst();
    }

    static List<String> allNames() {
        return Arrays.stream(values()).map(part -> part.names.getFirst()).toList();
    }

    /// @param calendar of the thread
    long of(long timeNanos, CalendarTime calendar) {
        long ofDay = CalendarTime.nanoOfDay(timeNanos);
        return switch (this) {
            case HOUR -> ofDay / (3_600 * SECOND_NANOS);
            case MINUTE -> ofDay / (60 * SECOND_NANOS) % 60;
            case SECOND -> ofDay / SECOND_NANOS % 60;
            case MILLISECOND -> ofDay % (60 * SECOND_NANOS) / 1_000_000;
            case MICROSECOND -> ofDay % (60 * SECOND_NANOS) / 1_000;
            case NANOSECOND -> ofDay % (60 * SECOND_NANOS);
            case MILLENNIUM,
                    CENTURY,
                    DECADE,
                    YEAR,
                    ISOYEAR,
                    QUARTER,
                    MONTH,
                    WEEK,
                    DAY,
                    DOY,
                    DOW,
                    ISODOW ->
                    ofDate(calendar.date(timeNanos));
        };
    }

    private long ofDate(LocalDate date) {
        return switch (this) {
            case MILLENNIUM -> (date.getYear() + 999) / 1000;
            case CENTURY -> (date.getYear() + 99) / 100;
            case DECADE -> date.getYear() / 10;
            case YEAR -> date.getYear();
            case ISOYEAR -> date.get(IsoFields.WEEK_BASED_YEAR);
            case QUARTER -> (date.getMonthValue() + 2) / 3;
            case MONTH -> date.getMonthValue();
            case WEEK -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case DAY -> date.getDayOfMonth();
            case DOY -> date.getDayOfYear();
            case DOW ->
                    date.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : date.getDayOfWeek().getValue();
            case ISODOW -> date.getDayOfWeek().getValue();
            case HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND ->
                    throw new IllegalStateException("BUG: " + this + " of a date");
        };
    }
}
