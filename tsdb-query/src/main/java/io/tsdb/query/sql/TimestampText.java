package io.tsdb.query.sql;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Timestamps as text: `2024-05-01`, `2024-05-01T10:20`, `2024-05-01 10:20:30.123456789+02:00`.
///
/// Without a zone they are UTC; the fraction has up to nine digits. The range is what 64 bits of
/// nanoseconds hold, 1677-09-21 to 2262-04-11.
public final class TimestampText {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{4})-(\\d{2})-(\\d{2})"
                            + "(?:[Tt ](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?"
                            + "\\s*(?:([Zz])|([+-])(\\d{2}):?(\\d{2})?)?)?");

    private TimestampText() {}

    /// @return nanoseconds since the epoch, or empty when the text is no timestamp in range
    public static OptionalLong parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        OptionalLong seconds = seconds(form);
        if (seconds.isEmpty()) {
            return seconds;
        }
        long fraction = fraction(form.group(7));
        try {
            // below zero from the next second on down: the first second of all is not a whole one
            return OptionalLong.of(
                    seconds.getAsLong() < 0
                            ? nanos(seconds.getAsLong() + 1, fraction - NANOS_PER_SECOND)
                            : nanos(seconds.getAsLong(), fraction));
        } catch (ArithmeticException _) {
            return OptionalLong.empty();
        }
    }

    /// Whether a text says which zone its time is of.
    public static boolean namesZone(String text) {
        Matcher form = FORM.matcher(text.strip());
        return form.matches() && (form.group(8) != null || form.group(9) != null);
    }

    /// What to say of a text that [#parse] does not read.
    public static QueryException refusal(String text, Position position) {
        boolean isTime = seconds(FORM.matcher(text.strip())).isPresent();
        return isTime
                ? outOfRange(text, position)
                : new QueryException(
                        QueryErrorCode.INVALID_VALUE,
                        position,
                        "'"
                                + text
                                + "' is no timestamp; expected a form such as"
                                + " '2024-05-01T10:20:30.5Z'");
    }

    /// What to say of a text that names a time before or behind those that there are.
    public static QueryException outOfRange(String text, Position position) {
        return new QueryException(
                QueryErrorCode.OUT_OF_RANGE,
                position,
                "'"
                        + text
                        + "' lies outside the times that there are,"
                        + " 1677-09-21T00:12:43.145224192Z to"
                        + " 2262-04-11T23:47:16.854775807Z");
    }

    private static long nanos(long seconds, long more) {
        return Math.addExact(Math.multiplyExact(seconds, NANOS_PER_SECOND), more);
    }

    /// Seconds since the epoch, rounded down; empty when the text has another form or names a time
    /// that no calendar has.
    private static OptionalLong seconds(Matcher form) {
        if (!form.matches()) {
            return OptionalLong.empty();
        }
        int hour = number(form, 4);
        int minute = number(form, 5);
        int second = number(form, 6);
        if (hour > 23 || minute > 59 || second > 59) {
            return OptionalLong.empty();
        }
        try {
            long day = LocalDate.of(number(form, 1), number(form, 2), number(form, 3)).toEpochDay();
            return OptionalLong.of(
                    day * 86_400 + hour * 3_600L + minute * 60L + second - offset(form));
        } catch (DateTimeException _) {
            return OptionalLong.empty();
        }
    }

    private static int number(Matcher form, int group) {
        String digits = form.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static long offset(Matcher form) {
        long seconds = number(form, 10) * 3_600L + number(form, 11) * 60L;
        return "-".equals(form.group(9)) ? -seconds : seconds;
    }

    private static long fraction(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong((digits + "00000000").substring(0, 9));
    }
}
