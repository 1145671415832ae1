package io.tsdb.query.sql;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A length of time: calendar months and nanoseconds.
///
/// Texts: `5m`, `1h30m`, `10 s`, `1 day 12 hours`, `-15 minutes`, `1mo`, `2 years`. Units: `ns us
/// ms s m h d w mo q y` and their names in the singular or plural.
public record Interval(long months, long nanos) {
    /// Longest text, in UTF-16 units: blanks around a sign are matched in time that grows with
    /// their square.
    private static final int LENGTH_MAX = 100;

    private static final Pattern PART = Pattern.compile("\\s*([+-]?)\\s*(\\d+)\\s*(\\p{L}+)\\s*");

    private static final Pattern MINUTE_OR_MONTH = Pattern.compile("\\dM|\\d\\s+M\\b");

    /// Reads an interval's text.
    ///
    /// @return empty when it is none, or passes 64 bits of nanoseconds
    public static Optional<Interval> parse(String text) {
        try {
            return parts(text);
        } catch (ArithmeticException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Reads an interval's text.
    ///
    /// @return empty when it is none
    /// @throws ArithmeticException when it passes 64 bits
    /// @throws NumberFormatException when a number in it does
    private static Optional<Interval> parts(String text) {
        if (text.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        long months = 0;
        long nanos = 0;
        int at = 0;
        Matcher part = PART.matcher(text);
        while (at < text.length() || at == 0) {
            if (!part.find(at) || part.start() != at) {
                return Optional.empty();
            }
            Optional<Interval> unit = unit(part.group(3));
            if (unit.isEmpty()) {
                return Optional.empty();
            }
            long count = Long.parseLong(part.group(1) + part.group(2));
            months = Math.addExact(months, Math.multiplyExact(count, unit.get().months));
            nanos = Math.addExact(nanos, Math.multiplyExact(count, unit.get().nanos));
            at = part.end();
        }
        return Optional.of(new Interval(months, nanos));
    }

    /// What to say of a text that [#parse] does not read.
    public static QueryException refusal(String text, Position position) {
        if (passesRange(text)) {
            return new QueryException(
                    QueryErrorCode.OUT_OF_RANGE,
                    position,
                    "'" + text + "' is longer than the 292 years that an interval may last");
        }
        return new QueryException(
                QueryErrorCode.INVALID_VALUE,
                position,
                "'"
                        + text
                        + "' is no interval; expected "
                        + (MINUTE_OR_MONTH.matcher(text).find()
                                ? "m for minutes or mo for months, not M"
                                : "a form such as '5m', '1h30m' or '2 days'"));
    }

    private static boolean passesRange(String text) {
        try {
            parts(text);
            return false;
        } catch (ArithmeticException | NumberFormatException _) {
            return true;
        }
    }

    /// One unit of the given name. `M` is a minute to some and a month to others.
    public static Optional<Interval> unit(String name) {
        if (name.equals("M")) {
            return Optional.empty();
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "ns", "nanosecond", "nanoseconds" -> nanos(1);
            case "us", "µs", "microsecond", "microseconds" -> nanos(1_000);
            case "ms", "millisecond", "milliseconds" -> nanos(1_000_000);
            case "s", "sec", "second", "seconds" -> nanos(1_000_000_000L);
            case "m", "min", "minute", "minutes" -> nanos(60_000_000_000L);
            case "h", "hour", "hours" -> nanos(3_600_000_000_000L);
            case "d", "day", "days" -> nanos(86_400_000_000_000L);
            case "w", "week", "weeks" -> nanos(604_800_000_000_000L);
            case "mo", "mon", "month", "months" -> Optional.of(new Interval(1, 0));
            case "q", "quarter", "quarters" -> Optional.of(new Interval(3, 0));
            case "y", "year", "years" -> Optional.of(new Interval(12, 0));
            default -> Optional.empty();
        };
    }

    private static Optional<Interval> nanos(long nanos) {
        return Optional.of(new Interval(0, nanos));
    }
}
