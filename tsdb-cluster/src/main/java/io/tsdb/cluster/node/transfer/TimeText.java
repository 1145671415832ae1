package io.tsdb.cluster.node.transfer;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Times as people and programs write them, as nanoseconds since the epoch.
final class TimeText {
    private static final long SECOND = 1_000_000_000L;

    private TimeText() {}

    /// @param unit of plain numbers: ns, us, ms, s, or auto (told by the magnitude)
    /// @throws IllegalArgumentException with the text and what it may be
    static long nanos(String text, String unit) {
        String trimmed = text.strip();
        try {
            if (isNumber(trimmed)) {
                return fromNumber(new BigDecimal(trimmed), unit);
            }
            return fromText(trimmed);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no time; use RFC 3339 (2026-11-23T10:00:00Z), a date, or a"
                            + " number with --time COLUMN:s|ms|us|ns",
                    e);
        }
    }

    static boolean looksLikeTime(String text) {
        try {
            nanos(text, "auto");
            return !isNumber(text.strip());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("-?[0-9]+(\\.[0-9]+)?");
    }

    private static long fromNumber(BigDecimal number, String unit) {
        long unitNanos =
                switch (unit) {
                    case "ns" -> 1;
                    case "us" -> 1_000;
                    case "ms" -> 1_000_000;
                    case "s" -> SECOND;
                    case "auto" -> magnitude(number.abs());
                    default ->
                            throw new IllegalArgumentException(
                                    "time unit '" + unit + "' is not known; use s, ms, us or ns");
                };
        return number.multiply(BigDecimal.valueOf(unitNanos)).toBigInteger().longValueExact();
    }

    private static long magnitude(BigDecimal number) {
        if (number.compareTo(BigDecimal.valueOf(5_000_000_000L)) < 0) {
            return SECOND;
        }
        if (number.compareTo(BigDecimal.valueOf(5_000_000_000_000L)) < 0) {
            return 1_000_000;
        }
        return number.compareTo(BigDecimal.valueOf(5_000_000_000_000_000L)) < 0 ? 1_000 : 1;
    }

    private static long fromText(String text) {
        String iso = text.replace(' ', 'T');
        Instant instant;
        if (iso.length() == 10) {
            instant = LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
        } else if (iso.endsWith("Z") || iso.matches(".*[+-][0-9]{2}:?[0-9]{2}")) {
            instant = OffsetDateTime.parse(iso).toInstant();
        } else {
            instant = LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        }
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }
}
