package io.tsdb.cluster.node.transfer;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times as people and programs write them, as nanoseconds since the epoch. Pure.
///
/// @param unit of plain numbers: `ns`, `us`, `ms`, `s`, or `auto` (told by the magnitude)
/// @param zone of times that name none
/// @param pattern of the times when they are not in ISO form
record TimeText(String unit, ZoneId zone, Optional<DateTimeFormatter> pattern) {
    private static final long SECOND = 1_000_000_000L;
    private static final BigInteger SECOND_NANOS = BigInteger.valueOf(SECOND);

    /// Date, time of day, fraction, zone.
    private static final Pattern ISO =
            Pattern.compile(
                    "([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})"
                            + "(?:[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,]([0-9]{1,9})0*)?"
                            + " ?(Z|z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?");

    TimeText {
        if (!unit.matches("ns|us|ms|s|auto")) {
            throw new IllegalArgumentException(
                    "time unit '" + unit + "' is not known; use s, ms, us or ns");
        }
    }

    static TimeText of(String unit) {
        return new TimeText(unit, ZoneOffset.UTC, Optional.empty());
    }

    /// @throws IllegalArgumentException with the text and what it may be
    long nanos(String text) {
        String trimmed = text.strip();
        try {
            if (pattern.isPresent()) {
                return fromPattern(trimmed, pattern.get());
            }
            return isNumber(trimmed) ? fromNumber(new BigDecimal(trimmed)) : fromIso(trimmed);
        } catch (DateTimeException | ArithmeticException e) {
            String why =
                    e instanceof ArithmeticException
                            ? " is beyond the years 1677 to 2262"
                            : pattern.isPresent()
                                    ? " does not have the form of --time-format"
                                    : " is no time; use RFC 3339 (2026-11-23T10:00:00Z), a date,"
                                            + " a number with --time COLUMN:s|ms|us|ns, or"
                                            + " --time-format";
            throw new IllegalArgumentException(LineEscapes.shown(text) + why, e);
        }
    }

    /// Whether a text, that is no number, is a time in ISO form.
    static boolean looksLikeTime(String text) {
        return ISO.matcher(text.strip()).matches();
    }

    /// Whether a text is a time of day alone.
    static boolean looksLikeClock(String text) {
        return text.strip().matches("[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?");
    }

    /// Whether a text is a date alone.
    static boolean looksLikeDate(String text) {
        return text.strip().matches("[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}");
    }

    /// Whether a text in ISO form says its zone.
    static boolean hasZone(String text) {
        Matcher form = ISO.matcher(text.strip());
        return form.matches() && form.group(6) != null;
    }

    static boolean isNumber(String text) {
        int digits = 0;
        int points = 0;
        for (int i = text.startsWith("-") ? 1 : 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (c == '.' && points == 0 && digits > 0) {
                points++;
            } else {
                return false;
            }
        }
        return digits > 0 && !text.endsWith(".");
    }

    /// The unit that `auto` takes a number for.
    static String unitOf(BigDecimal number) {
        BigDecimal size = number.abs();
        if (size.compareTo(BigDecimal.valueOf(5_000_000_000L)) < 0) {
            return "s";
        }
        if (size.compareTo(BigDecimal.valueOf(5_000_000_000_000L)) < 0) {
            return "ms";
        }
        return size.compareTo(BigDecimal.valueOf(5_000_000_000_000_000L)) < 0 ? "us" : "ns";
    }

    /// Digits below a nanosecond are rounded down.
    private long fromNumber(BigDecimal number) {
        long unitNanos =
                switch (unit.equals("auto") ? unitOf(number) : unit) {
                    case "ns" -> 1;
                    case "us" -> 1_000;
                    case "ms" -> 1_000_000;
                    default -> SECOND;
                };
        return number.multiply(BigDecimal.valueOf(unitNanos))
                .setScale(0, RoundingMode.FLOOR)
                .toBigIntegerExact()
                .longValueExact();
    }

    private long fromIso(String text) {
        Matcher form = ISO.matcher(text);
        if (!form.matches()) {
            throw new DateTimeException(text);
        }
        String clock = form.group(4) == null ? "00:00:00" : form.group(4);
        String fraction = form.group(5) == null ? "" : form.group(5);
        LocalDateTime local =
                LocalDateTime.parse(
                        form.group(1)
                                + "-"
                                + form.group(2)
                                + "-"
                                + form.group(3)
                                + "T"
                                + (clock.length() == 5 ? clock + ":00" : clock)
                                + (fraction.isEmpty() ? "" : "." + fraction));
        return nanos(local.atZone(zoneOf(form.group(6))));
    }

    private ZoneId zoneOf(@Nullable String text) {
        if (text == null) {
            return zone;
        }
        return text.equalsIgnoreCase("Z") || text.equals("UTC")
                ? ZoneOffset.UTC
                : ZoneOffset.of(text);
    }

    private long fromPattern(String text, DateTimeFormatter form) {
        TemporalAccessor read = form.parse(text);
        if (read.query(TemporalQueries.zone()) != null) {
            return nanos(
                    read.query(TemporalQueries.offset()) == null
                            ? ZonedDateTime.from(read)
                            : OffsetDateTime.from(read).toZonedDateTime());
        }
        LocalTime clock = read.query(TemporalQueries.localTime());
        return nanos(
                java.time.LocalDate.from(read)
                        .atTime(clock == null ? LocalTime.MIDNIGHT : clock)
                        .atZone(zone));
    }

    /// @param pattern as `java.time` writes them: `dd.MM.yyyy HH:mm:ss`
    static DateTimeFormatter formatter(String pattern) {
        // "uuuu" is the year that needs no era
        return DateTimeFormatter.ofPattern(pattern.replace('y', 'u'), Locale.ENGLISH);
    }

    private static long nanos(ZonedDateTime time) {
        // exact also where seconds alone pass the end that the fraction brings back
        return BigInteger.valueOf(time.toEpochSecond())
                .multiply(SECOND_NANOS)
                .add(BigInteger.valueOf(time.getNano()))
                .longValueExact();
    }
}
